package org.comfyee.web.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;

/** All REST resources; {@link org.comfyee.web.RootFilter} makes them answer below {@code /} too. */
@ApplicationPath("/api")
public class RestApplication extends Application {

    @Override
    public Map<String, Object> getProperties() {
        // Clients expect empty bodies where the server would put an error page of its own.
        return Map.of("jersey.config.server.response.setStatusOverSendError", true);
    }
}
