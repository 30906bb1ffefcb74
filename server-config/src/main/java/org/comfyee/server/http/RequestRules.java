package org.comfyee.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a request's target and its {@code Host} must be like (RFC 9110, RFC 3986), with each byte given as one character. */
final class RequestRules {
    private static final Pattern HOST = Pattern.compile("(?:\\[[0-9A-Fa-f:.]+\\]|[^\\[\\]\\s\\p{Cntrl}/\\\\?#@:]*)(?::\\d{0,5})?");
    /** Segments that clients resolve before they send. Here the server and what it serves would do so at different times. */
    private static final Pattern DOTS = Pattern.compile("(?i)/(?:\\.|%2e){1,2}(?=[/;]|$)");
    private static final int LAST_PORT = 65_535;
    private static final int FIRST_PRINTED = 0x21;
    private static final int DELETE = 0x7f;

    private RequestRules() {}

    static boolean isHost(String host) {
        if (!HOST.matcher(host).matches()) {
            return false;
        }
        var port = host.substring(host.lastIndexOf(':') + 1);
        return host.endsWith("]") || port.length() == host.length() || port.isEmpty() || Integer.parseInt(port) <= LAST_PORT;
    }

    /**
     * Whether a path can be decoded and has no segments to be resolved, nor such behind encoded slashes that end it or lead
     * out of the root. Of what is encoded only null and the backslash are refused, in which no file system agrees with another.
     */
    static boolean isPath(String path) {
        if (path.equals("*")) {
            return true;
        }
        if (!path.startsWith("/") || !isPrinted(path) || DOTS.matcher(path).find()) {
            return false;
        }
        var decoded = new byte[path.length()];
        int length = 0;
        for (int i = 0; i < path.length(); i++) {
            int value = path.charAt(i);
            if (value == '%') {
                value = i + 2 < path.length() ? hex(path.charAt(i + 1)) << 4 | hex(path.charAt(i + 2)) : -1;
                i += 2;
            }
            if (value <= 0 || value == '\\') {
                return false;
            }
            decoded[length++] = (byte) value;
        }
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded, 0, length)).toString();
            // The server steps over the end of an address that ends so.
            return !text.endsWith("/.") && !text.endsWith("/..") && isBelowRoot(text);
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    static boolean isQuery(String query) {
        return isPrinted(query);
    }

    private static boolean isPrinted(String text) {
        return text.chars().allMatch(each -> each >= FIRST_PRINTED && each != DELETE);
    }

    /** @return negative if it is no digit */
    private static int hex(char digit) {
        // Only ASCII: the JDK knows digits of other scripts.
        return digit < DELETE ? Character.digit(digit, 16) : -1;
    }

    private static boolean isBelowRoot(String path) {
        int depth = 0;
        for (var segment : path.split("/")) {
            depth += switch (segment) {
                case "", "." -> 0;
                case ".." -> -1;
                default -> 1;
            };
            if (depth < 0) {
                return false;
            }
        }
        return true;
    }
}
