package org.comfyee.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * A request whose body may not be longer than a limit, also where its length is not told beforehand. What fails while it is
 * read is told apart from what fails here.
 */
final class LimitedRequest extends HttpServletRequestWrapper {
    /** Many clients read an answer only when they have sent all, so some more is taken than the limit, and thrown away. */
    private static final int PATIENCE = 4;

    private final long most;
    private ServletInputStream stream;

    LimitedRequest(HttpServletRequest request, long most) {
        super(request);
        this.most = most;
    }

    /** Reads what is left of a body that is too long, up to a few times the limit. */
    static void discard(InputStream body, long most) throws IOException {
        var buffer = new byte[1 << 16];
        for (long left = most * PATIENCE; left > 0; ) {
            int read = body.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (stream == null) {
            var sent = super.getInputStream();
            stream = new Limited(sent, decoded(sent), most);
        }
        return stream;
    }

    /** Some clients pack what they send; the limit counts what it becomes. */
    private InputStream decoded(InputStream sent) throws IOException {
        try {
            return switch (Optional.ofNullable(getHeader("Content-Encoding")).orElse("").strip().toLowerCase(Locale.ROOT)) {
                case "gzip", "x-gzip" -> new GZIPInputStream(sent);
                case "deflate" -> new InflaterInputStream(sent);
                default -> sent;
            };
        } catch (IOException e) {
            throw new BodyCutOffException(e);
        }
    }

    @Override
    public BufferedReader getReader() throws IOException {
        var charset = Optional.ofNullable(getCharacterEncoding()).map(Charset::forName).orElse(StandardCharsets.UTF_8);
        return new BufferedReader(new InputStreamReader(getInputStream(), charset));
    }

    private static final class Limited extends ServletInputStream {
        private final ServletInputStream sent;
        private final InputStream source;
        private final long most;
        private long read;

        Limited(ServletInputStream sent, InputStream source, long most) {
            this.sent = sent;
            this.source = source;
            this.most = most;
        }

        private void count(long bytes) throws IOException {
            read += Math.max(0, bytes);
            if (read > most) {
                discard(sent, most);
                throw new BodyTooLargeException(most);
            }
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int bytes;
            try {
                bytes = source.read(target, offset, length);
            } catch (IOException e) {
                throw new BodyCutOffException(e);
            }
            count(bytes);
            return bytes;
        }

        @Override
        public int available() throws IOException {
            return source.available();
        }

        @Override
        public boolean isFinished() {
            return sent.isFinished();
        }

        @Override
        public boolean isReady() {
            return sent.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            sent.setReadListener(listener);
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
