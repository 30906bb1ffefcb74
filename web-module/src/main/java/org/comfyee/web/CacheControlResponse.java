package org.comfyee.web;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Writes what the headers of all answers are to say as ComfyUI does: types, and how long an answer may be kept where it does not say so itself. */
final class CacheControlResponse extends HttpServletResponseWrapper {
    private static final String HEADER = "Cache-Control";
    private static final Set<String> PICTURES = Set.of("jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp");
    private static final Set<Integer> LASTING = Set.of(200, 201, 202, 203, 204, 205, 206, 301, 308);
    private static final Set<Integer> PASSING = Set.of(302, 303, 307);

    private final String path;
    private boolean decided;
    private ServletOutputStream stream;

    CacheControlResponse(HttpServletResponse response, String path) {
        super(response);
        this.path = path;
    }

    /** The rule of ComfyUI, which its pages count on. */
    static Optional<String> rule(String path, int status) {
        var name = path.substring(path.lastIndexOf('/') + 1);
        if (path.endsWith(".js") || path.endsWith(".css") || name.startsWith("index") && name.endsWith(".json")) {
            return Optional.of("no-cache");
        }
        if (!PICTURES.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) || !name.contains(".")) {
            return Optional.empty();
        }
        if (status == SC_NOT_FOUND) {
            return Optional.of("public, max-age=3600");
        }
        if (LASTING.contains(status)) {
            return Optional.of("public, max-age=86400");
        }
        return PASSING.contains(status) ? Optional.of("no-cache") : Optional.empty();
    }

    /** Called when the status is known and no byte is sent. */
    void decide(int status) {
        if (!decided && !isCommitted()) {
            decided = true;
            if (getHeader(HEADER) == null) {
                rule(path, status).ifPresent(value -> setHeader(HEADER, value));
            }
        }
    }

    @Override
    public void setHeader(String name, String value) {
        super.setHeader(name, spaced(name, value));
    }

    @Override
    public void addHeader(String name, String value) {
        super.addHeader(name, spaced(name, value));
    }

    /** The form of types that clients of ComfyUI get; REST resources write them without the space. */
    private static String spaced(String name, String value) {
        return name.equalsIgnoreCase("Content-Type") ? value.replace(";charset", "; charset") : value;
    }

    /** What goes with all answers stays. */
    @Override
    public void reset() {
        super.reset();
        SecurityHeaders.add(this);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        decide(getStatus());
        stream = super.getOutputStream();
        return stream;
    }

    /**
     * Gives a writer also where the stream was taken before: the server's dispatcher asks for it at the end of each answer, to
     * close it, and an exception would cost it as much as a look into the ledger.
     */
    @Override
    public PrintWriter getWriter() throws IOException {
        decide(getStatus());
        return stream == null ? super.getWriter() : new PrintWriter(stream, false, Charset.forName(getCharacterEncoding()));
    }

    @Override
    public void flushBuffer() throws IOException {
        decide(getStatus());
        super.flushBuffer();
    }

    @Override
    public void sendError(int status) throws IOException {
        decide(status);
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        decide(status);
        super.sendError(status, message);
    }
}
