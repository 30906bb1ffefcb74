package org.comfyee.web.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** All REST resources; {@link org.comfyee.web.RootFilter} makes them answer below {@code /} too. */
@ApplicationPath("/api")
@OpenAPIDefinition(info = @Info(title = "ComfyEE", version = "0.1.0",
        description = "ComfyUI's HTTP API. Every path below /api also exists without /api in front."),
        tags = {
            @Tag(name = "prompts", description = "Prompts, the queue and the history"),
            @Tag(name = "files", description = "Pictures and other files of input, output and temp"),
            @Tag(name = "models", description = "Models and what their files say of them"),
            @Tag(name = "users", description = "Users, their settings and files"),
            @Tag(name = "server", description = "Nodes, versions, memory"),
            @Tag(name = "page", description = "What custom nodes bring along for the page"),
            @Tag(name = "admin", description = "The queue, its dead letters and the workers, for operators with a token"),
            @Tag(name = "internal", description = "Log and directories")
        })
public class RestApplication extends Application {

    @Override
    public Map<String, Object> getProperties() {
        return Map.of(
                // What it would find are parts that nothing here uses, and a look at each request for whether it is to be traced.
                "jersey.config.server.disableAutoDiscovery", true,
                // What it would find and uploads need.
                "jersey.config.server.provider.classnames", "org.glassfish.jersey.media.multipart.MultiPartFeature",
                // Clients expect empty bodies where the server would put an error page of its own.
                "jersey.config.server.response.setStatusOverSendError", true,
                // Clients know from which address they asked; behind a proxy the server does not.
                "jersey.config.server.headers.location.relative.resolution.disabled", true);
    }
}
