package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import org.comfyee.nodes.image.Pictures;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.files.AnnotatedName;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;

/** {@code /view}: pictures and other files of input, output and temp. */
@Path("/view")
@RequestScoped
public class ViewResource {
    /** Types that a browser would run. */
    private static final Set<String> ACTIVE_TYPES =
            Set.of("text/html", "text/html-sandboxed", "application/xhtml+xml", "text/javascript", "application/javascript", "text/css", "image/svg+xml");
    private static final float DEFAULT_QUALITY = 0.9f;

    @EJB
    private FrontEnd frontEnd;

    @GET
    public Response view(
            @QueryParam("filename") String filename,
            @QueryParam("type") String type,
            @QueryParam("subfolder") String subfolder,
            @QueryParam("preview") String preview,
            @QueryParam("channel") String channel,
            @Context Request request)
            throws IOException {
        if (filename == null) {
            return Answers.empty(404);
        }
        var usual = Directory.ofType(type == null ? "output" : type);
        var named = AnnotatedName.parse(filename, usual.orElse(Directory.OUTPUT));
        boolean annotated = !named.name().equals(filename);
        if (named.name().isEmpty() || named.name().startsWith("/") || named.name().contains("..") || !annotated && usual.isEmpty()) {
            return Answers.empty(400);
        }
        java.nio.file.Path file;
        try {
            var folder = Inside.resolve(frontEnd.folders().directory(named.directory()), subfolder == null ? "" : subfolder);
            file = Inside.resolve(folder, java.nio.file.Path.of(named.name()).getFileName().toString());
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
        if (!Files.isRegularFile(file)) {
            return Answers.empty(404);
        }
        if (preview != null || "rgb".equals(channel) || "a".equals(channel)) {
            return converted(file, Optional.ofNullable(preview), channel == null ? "rgba" : channel);
        }
        return raw(file, request);
    }

    private static Response raw(java.nio.file.Path file, Request request) throws IOException {
        var modified = Files.getLastModifiedTime(file).toMillis();
        var tag = new EntityTag(Long.toHexString(modified) + "-" + Long.toHexString(Files.size(file)));
        var unchanged = request.evaluatePreconditions(new Date(modified), tag);
        if (unchanged != null) {
            return unchanged.build();
        }
        return Response.ok(file.toFile(), typeOf(file))
                .tag(tag)
                .lastModified(new Date(modified))
                .header("Content-Length", Files.size(file))
                .header("Content-Disposition", disposition(file))
                .build();
    }

    private static String typeOf(java.nio.file.Path file) {
        var name = file.getFileName().toString();
        var guessed = name.endsWith(".webp") ? "image/webp" : URLConnection.guessContentTypeFromName(name);
        return guessed == null || ACTIVE_TYPES.contains(guessed) ? "application/octet-stream" : guessed;
    }

    private static String disposition(java.nio.file.Path file) {
        return "filename=\"" + file.getFileName().toString().replace("\"", "%22") + "\"";
    }

    private static Response converted(java.nio.file.Path file, Optional<String> preview, String channel) throws IOException {
        var source = ImageIO.read(file.toFile());
        if (source == null) {
            return Answers.empty(400);
        }
        boolean alpha = channel.contains("a") && source.getColorModel().hasAlpha();
        if (preview.isPresent() && !alpha) {
            return Response.ok(Pictures.jpeg(redrawn(source, BufferedImage.TYPE_INT_RGB, channel), quality(preview.get())), "image/jpeg")
                    .header("Content-Disposition", disposition(file)).build();
        }
        int type = channel.equals("rgb") ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_INT_ARGB;
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(redrawn(source, type, channel), "png", bytes);
        return Response.ok(bytes.toByteArray(), "image/png").header("Content-Disposition", disposition(file)).build();
    }

    private static float quality(String preview) {
        var last = preview.substring(preview.lastIndexOf(';') + 1);
        return last.matches("\\d{1,3}") ? Math.clamp(Integer.parseInt(last), 1, 100) / 100f : DEFAULT_QUALITY;
    }

    /** Alpha is dropped, not blended; of the channel {@code a} only it is left, on black. */
    private static BufferedImage redrawn(BufferedImage source, int type, String channel) {
        var picture = new BufferedImage(source.getWidth(), source.getHeight(), type);
        for (int y = 0; y < source.getHeight(); y++) {
            for (int x = 0; x < source.getWidth(); x++) {
                int argb = source.getRGB(x, y);
                picture.setRGB(x, y, channel.equals("a") ? argb & 0xff000000 : argb);
            }
        }
        return picture;
    }
}
