package org.comfyee.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives several test classes one server, so that only the first waits for its start. They may count on nothing but their
 * own prompts and files. It sends previews, takes at most {@value #MOST_MEGABYTES} MB and compresses answers.
 */
final class SharedServer implements ParameterResolver {
    static final int MOST_MEGABYTES = 8;

    /** The server and its directory; both go when all tests are done. */
    record Place(RunningServer server, Path directory) implements AutoCloseable {

        static Place make() {
            try {
                var directory = Files.createTempDirectory("shared-server");
                Recordings.makeModels(directory);
                return new Place(RunningServer.start("comfyee", directory, "--preview-method=latent2rgb", "--max-upload-size=" + MOST_MEGABYTES,
                        "--enable-compress-response-body").awaitReady(), directory);
            } catch (Exception e) {
                throw new IllegalStateException("the shared server did not start", e);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            try (var files = Files.walk(directory)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningServer.class || parameter.getParameter().getType() == Path.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var place = context.getRoot().getStore(ExtensionContext.Namespace.create(SharedServer.class))
                .computeIfAbsent(Place.class, _ -> Place.make(), Place.class);
        return parameter.getParameter().getType() == Path.class ? place.directory() : place.server();
    }
}
