package org.comfyee.web.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What of a file answers a request: all, a range, or nothing since the client has it (RFC 9110, sections 13 and 14). As
 * with ComfyUI there is one range at a time; anything else in a {@code Range} header of bytes is not satisfiable.
 *
 * @param status 200, 206, 304, 412 or 416
 * @param headers of the answer, its type apart
 * @param length how many bytes to send, from {@code first} on
 */
public record FileContent(Path file, int status, Map<String, String> headers, long first, long length) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
    private static final DateTimeFormatter DATE = DateTimeFormatter.RFC_1123_DATE_TIME;

    /** @param request gives a request header's value, or null */
    public static FileContent of(Path file, UnaryOperator<String> request) throws IOException {
        var modified = Files.getLastModifiedTime(file).toInstant();
        long size = Files.size(file);
        var tag = "\"%x-%x\"".formatted(modified.getEpochSecond() * 1_000_000_000L + modified.getNano(), size);
        var headers = new LinkedHashMap<String, String>();
        headers.put("ETag", tag);
        // The form with two digits for the day, which the formatter of the JDK has not.
        headers.put("Last-Modified", DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", java.util.Locale.ENGLISH)
                .format(modified.atOffset(ZoneOffset.UTC)));
        headers.put("Accept-Ranges", "bytes");
        var conditions = new Conditions(tag, modified.truncatedTo(ChronoUnit.SECONDS), request);
        if (conditions.fail()) {
            return nothing(file, 412, headers);
        }
        if (conditions.isKnown()) {
            return nothing(file, 304, headers);
        }
        var range = request.apply("Range");
        if (range == null || !range.startsWith("bytes") || !conditions.rangeCounts()) {
            headers.put("Content-Length", Long.toString(size));
            return new FileContent(file, 200, headers, 0, size);
        }
        return part(file, range, size, headers);
    }

    private static FileContent nothing(Path file, int status, Map<String, String> headers) {
        return new FileContent(file, status, headers, 0, 0);
    }

    private static FileContent part(Path file, String range, long size, Map<String, String> headers) {
        var matcher = RANGE.matcher(range.strip());
        long first = 0;
        long last = -1;
        if (matcher.matches()) {
            var from = matcher.group(1);
            var to = matcher.group(2);
            if (!from.isEmpty()) {
                first = Long.parseLong(from);
                last = to.isEmpty() ? size - 1 : Math.min(Long.parseLong(to), size - 1);
            } else if (!to.isEmpty()) {
                first = Math.max(0, size - Long.parseLong(to));
                last = size - 1;
            }
        }
        if (last < first) {
            headers.put("Content-Range", "bytes */" + size);
            return nothing(file, 416, headers);
        }
        headers.put("Content-Range", "bytes " + first + "-" + last + "/" + size);
        headers.put("Content-Length", Long.toString(last - first + 1));
        return new FileContent(file, 206, headers, first, last - first + 1);
    }

    public void writeTo(OutputStream out) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.READ).position(first); var in = Channels.newInputStream(channel)) {
            var buffer = new byte[1 << 16];
            for (long left = length; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException(file.getFileName() + " became shorter while it was sent");
                }
                out.write(buffer, 0, read);
                left -= read;
            }
        }
    }

    private record Conditions(String tag, Instant modified, UnaryOperator<String> request) {

        boolean fail() {
            return header("If-Match").map(tags -> !names(tags))
                    .or(() -> date("If-Unmodified-Since").map(modified::isAfter))
                    .orElse(false);
        }

        boolean isKnown() {
            return header("If-None-Match").map(this::names)
                    .or(() -> date("If-Modified-Since").map(date -> !modified.isAfter(date)))
                    .orElse(false);
        }

        boolean rangeCounts() {
            return header("If-Range").map(value -> value.equals(tag) || date("If-Range").filter(modified::equals).isPresent()).orElse(true);
        }

        private boolean names(String tags) {
            return tags.strip().equals("*")
                    || Arrays.stream(tags.split(",")).map(String::strip).anyMatch(each -> each.equals(tag) || each.equals("W/" + tag));
        }

        private Optional<String> header(String name) {
            return Optional.ofNullable(request.apply(name));
        }

        private Optional<Instant> date(String name) {
            return header(name).flatMap(text -> {
                try {
                    return Optional.of(ZonedDateTime.parse(text.strip(), DATE).toInstant());
                } catch (DateTimeException e) {
                    // A date that cannot be read is no condition.
                    return Optional.empty();
                }
            });
        }
    }
}
