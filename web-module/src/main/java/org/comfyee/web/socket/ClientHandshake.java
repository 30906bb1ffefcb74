package org.comfyee.web.socket;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.comfyee.web.FrontEnd;

/**
 * Makes a client known before its handshake is answered. The connection is open a moment after the answer, and what a quick
 * client does in between concerns it already.
 */
public class ClientHandshake extends ServerEndpointConfig.Configurator {
    /** Where the connection finds its client. */
    static final String CLIENT = Client.class.getName();

    private static final String ID = "clientId=";

    @Override
    public void modifyHandshake(ServerEndpointConfig connection, HandshakeRequest request, HandshakeResponse answer) {
        var client = new Client(clientId(Objects.requireNonNullElse(request.getQueryString(), "")).orElseGet(() -> UUID.randomUUID().toString().replace("-", "")));
        CDI.current().select(FrontEnd.class).get().clients().connect(client);
        connection.getUserProperties().put(CLIENT, client);
    }

    /** Read out of the query itself: the server takes what stands in it for Latin-1, where clients write UTF-8. */
    private static Optional<String> clientId(String query) {
        return Arrays.stream(query.split("&")).filter(each -> each.startsWith(ID))
                .map(each -> URLDecoder.decode(each.substring(ID.length()), StandardCharsets.UTF_8))
                .filter(id -> !id.isEmpty()).findFirst();
    }
}
