package org.comfyee.web.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** All REST resources; {@link org.comfyee.web.RootFilter} makes them answer below {@code /} too. */
@ApplicationPath("/api")
public class RestApplication extends Application {}
