package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.files.Picture;
import org.comfyee.workflow.files.AnnotatedName;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /view}: pictures and other files of input, output and temp. */
@Path("/view")
@RequestScoped
@Tag(ref = "files")
public class ViewResource {
    private static final int USUAL_QUALITY = 90;

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Operation(summary = "A file of input, output or temp: as it is, as a preview (webp;quality or jpeg;quality), or one of channel rgb and a")
    public Response view(
            @QueryParam("filename") String filename,
            @QueryParam("type") String type,
            @QueryParam("subfolder") String subfolder,
            @QueryParam("preview") String preview,
            @QueryParam("channel") String channel,
            @Context HttpHeaders headers)
            throws IOException {
        if (filename == null) {
            return Answers.empty(404);
        }
        var requested = AnnotatedName.requested(filename, type == null ? "output" : type);
        if (requested.isEmpty()) {
            return Answers.empty(400);
        }
        var named = requested.get();
        java.nio.file.Path file;
        try {
            var folder = Inside.resolve(frontEnd.folders().directory(named.directory()), subfolder == null ? "" : subfolder);
            file = Inside.resolve(folder, named.name().substring(named.name().lastIndexOf('/') + 1));
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
        if (!Files.isRegularFile(file)) {
            return Answers.empty(404);
        }
        var answer = preview != null ? preview(file, preview, channel == null ? "" : channel)
                : "rgb".equals(channel) ? Response.ok(Picture.read(file).opaque().png(), "image/png")
                : "a".equals(channel) ? Response.ok(Picture.read(file).alphaOnly().png(), "image/png")
                : Answers.file(file, headers);
        return answer.header("Content-Disposition", "filename=\"" + file.getFileName().toString().replaceAll("[\"\\p{Cntrl}]", "_") + "\"").build();
    }

    /** @param wish {@code format;quality}; all but JPEG is answered with WebP, and so is all that wants alpha */
    private static Response.ResponseBuilder preview(java.nio.file.Path file, String wish, String channel) throws IOException {
        var parts = wish.split(";", -1);
        int quality = quality(parts[parts.length - 1]);
        var picture = Picture.read(file);
        if (parts[0].equals("jpeg") && !channel.contains("a")) {
            return Response.ok(picture.jpeg(quality), "image/jpeg");
        }
        return Response.ok((channel.equals("rgb") ? picture.opaque() : picture).webp(quality), "image/webp");
    }

    private static int quality(String text) {
        return text.matches("[0-9]+") ? Math.clamp(Query.whole("quality", text).orElseThrow(), 1, 100) : USUAL_QUALITY;
    }
}
