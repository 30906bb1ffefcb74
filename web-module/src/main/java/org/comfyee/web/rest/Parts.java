package org.comfyee.web.rest;

import jakarta.ws.rs.core.EntityPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The parts of a form. */
final class Parts {
    private Parts() {}

    /** The parts of a form; a request without a body has none. */
    static List<EntityPart> of(List<EntityPart> received) {
        return Objects.requireNonNullElse(received, List.of());
    }

    static Optional<EntityPart> find(List<EntityPart> parts, String name) {
        return parts.stream().filter(part -> said(part::getName).equals(name)).findFirst();
    }

    static Optional<String> text(List<EntityPart> parts, String name) throws IOException {
        var part = find(parts, name);
        return part.isPresent() ? Optional.of(part.get().getContent(String.class)) : Optional.empty();
    }

    /** The name that the client gave to the file in a part; empty if it gave none. */
    static String fileName(EntityPart part) {
        return utf8(said(() -> part.getFileName().orElse("")));
    }

    /** What a part's headers say; nothing if they are missing or cannot be read. */
    private static String said(Supplier<String> header) {
        try {
            return Objects.requireNonNullElse(header.get(), "");
        } catch (RuntimeException e) {
            return "";
        }
    }

    /** Clients write names in UTF-8 (RFC 7578, section 4.2), which the server reads as Latin-1. */
    static String utf8(String header) {
        if (!StandardCharsets.ISO_8859_1.newEncoder().canEncode(header)) {
            return header;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1))).toString();
        } catch (CharacterCodingException e) {
            return header;
        }
    }
}
