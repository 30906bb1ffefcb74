package org.comfyee.web.socket;

import jakarta.websocket.server.ServerEndpoint;

/** The websocket at {@code /api/ws}. */
@ServerEndpoint("/api/ws")
public class ApiSocket extends ClientSocket {}
