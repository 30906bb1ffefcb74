package org.comfyee.web.admin;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import org.comfyee.cluster.config.AdminToken;
import org.comfyee.cluster.config.Setting;
import org.comfyee.web.rest.Answers;
import org.comfyee.workflow.json.Json;

/** Lets in whoever knows the token; nobody if there is none. */
@Provider
@AdminOnly
public class AdminGate implements ContainerRequestFilter {
    private static final String SCHEME = "Bearer ";

    private final Optional<String> token = AdminToken.configured();

    @Override
    public void filter(ContainerRequestContext request) {
        if (token.isEmpty()) {
            refuse(request, Response.status(Response.Status.FORBIDDEN), "administration is off: start the front end with --"
                    + Setting.ADMIN_TOKEN_FILE.flag() + "=FILE or the variable " + Setting.ADMIN_TOKEN.environmentVariable());
        } else if (!isRight(request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
            refuse(request, Response.status(Response.Status.UNAUTHORIZED).header(HttpHeaders.WWW_AUTHENTICATE, "Bearer"),
                    "the header 'Authorization: Bearer TOKEN' is missing or has another token");
        }
    }

    private boolean isRight(String header) {
        return header != null && header.startsWith(SCHEME)
                && MessageDigest.isEqual(header.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8), token.orElseThrow().getBytes(StandardCharsets.UTF_8));
    }

    private static void refuse(ContainerRequestContext request, Response.ResponseBuilder answer, String reason) {
        request.abortWith(answer.type(Answers.JSON).entity(Json.write(Map.of("error", reason))).build());
    }
}
