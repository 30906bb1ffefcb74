package org.comfyee.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.comfyee.cluster.config.Setting;
import org.comfyee.web.files.FileContent;
import org.comfyee.web.files.MediaTypes;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;

/** A page of the operator's own, such as ComfyUI's, in place of the built-in one. */
public final class FrontEndRoot {
    private final Path directory;

    private FrontEndRoot(Path directory) {
        this.directory = directory;
    }

    /** The page of {@code --front-end-root}, if there is one. */
    public static Optional<FrontEndRoot> configured() {
        return Setting.FRONT_END_ROOT.path().map(path -> new FrontEndRoot(path.toAbsolutePath().normalize()));
    }

    /** The file at a path of the page; that of {@code /} is its index. */
    Optional<Path> find(String path) {
        var name = path.equals("/") ? "index.html" : path.substring(1);
        try {
            return Optional.of(Inside.resolve(directory, name)).filter(Files::isRegularFile);
        } catch (PathEscapeException e) {
            return Optional.empty();
        }
    }

    static void send(Path file, HttpServletRequest request, HttpServletResponse response) throws IOException {
        var content = FileContent.of(file, request::getHeader);
        response.setStatus(content.status());
        content.headers().forEach(response::setHeader);
        response.setContentType(MediaTypes.ofPage(file.getFileName().toString()));
        if (!request.getMethod().equals("HEAD")) {
            content.writeTo(response.getOutputStream());
        }
    }

    /** Paths of the scripts that extend the page. */
    public List<String> extensions() throws IOException {
        var extensions = directory.resolve("extensions");
        if (!Files.isDirectory(extensions)) {
            return List.of();
        }
        try (var files = Files.walk(extensions, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> file.toString().endsWith(".js") && Files.isRegularFile(file))
                    .map(file -> "/extensions/" + extensions.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }
}
