package org.comfyee.web.socket;

import jakarta.websocket.server.ServerEndpoint;

/** The websocket at {@code /ws}. */
@ServerEndpoint("/ws")
public class RootSocket extends ClientSocket {}
