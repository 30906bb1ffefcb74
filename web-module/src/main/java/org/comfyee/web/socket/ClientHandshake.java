package org.comfyee.web.socket;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.UUID;
import org.comfyee.web.FrontEnd;

/**
 * Makes a client known before its handshake is answered. The connection is open a moment after the answer, and what a quick
 * client does in between concerns it already.
 */
public class ClientHandshake extends ServerEndpointConfig.Configurator {
    /** Where the connection finds its client. */
    static final String CLIENT = Client.class.getName();

    @Override
    public void modifyHandshake(ServerEndpointConfig connection, HandshakeRequest request, HandshakeResponse answer) {
        var given = request.getParameterMap().getOrDefault("clientId", List.of()).stream().filter(id -> !id.isEmpty()).findFirst();
        var client = new Client(given.orElseGet(() -> UUID.randomUUID().toString().replace("-", "")));
        CDI.current().select(FrontEnd.class).get().clients().connect(client);
        connection.getUserProperties().put(CLIENT, client);
    }
}
