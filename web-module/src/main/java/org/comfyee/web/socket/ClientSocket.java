package org.comfyee.web.socket;

import jakarta.ejb.EJB;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import java.lang.System.Logger.Level;
import java.util.Map;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.rest.InfoResource;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;

/** One websocket connection. */
public abstract class ClientSocket {
    private static final System.Logger LOG = System.getLogger(ClientSocket.class.getName());

    @EJB
    private FrontEnd frontEnd;

    private Client client;

    @OnOpen
    public void open(Session session) {
        client = (Client) session.getUserProperties().get(ClientHandshake.CLIENT);
        // Who only listens may do so for days; and for each frame a timer would be started anew.
        session.setMaxIdleTimeout(0);
        client.open(session);
    }

    @OnMessage
    public void receive(String text) {
        try {
            var message = Json.object(Json.parse(text));
            // What is no message at all leaves the first one to come.
            if (message.isPresent() && client.isFirstMessage() && "feature_flags".equals(message.get().get("type"))) {
                client.negotiate(Json.object(message.get().get("data")).orElse(Map.of()));
                client.send("feature_flags", InfoResource.serverFeatures());
            }
        } catch (JsonException e) {
            LOG.log(Level.DEBUG, "a websocket client sent something else than JSON: " + e.getMessage());
        }
    }

    @OnClose
    public void close() {
        frontEnd.clients().disconnect(client);
    }

    @OnError
    public void fail(Throwable failure) {
        LOG.log(Level.DEBUG, "a websocket failed", failure);
    }
}
