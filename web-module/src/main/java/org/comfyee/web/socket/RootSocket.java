package org.comfyee.web.socket;

import jakarta.websocket.server.ServerEndpoint;

/** The websocket at {@code /ws}. */
@ServerEndpoint(value = "/ws", configurator = ClientHandshake.class)
public class RootSocket extends ClientSocket {}
