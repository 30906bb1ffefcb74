package org.comfyee.web.socket;

import jakarta.websocket.server.ServerEndpoint;

/** The websocket at {@code /api/ws}. */
@ServerEndpoint(value = "/api/ws", configurator = ClientHandshake.class)
public class ApiSocket extends ClientSocket {}
