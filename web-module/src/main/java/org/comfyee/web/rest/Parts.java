package org.comfyee.web.rest;

import jakarta.ws.rs.core.EntityPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The parts of a form. */
final class Parts {
    private Parts() {}

    static Optional<EntityPart> find(List<EntityPart> parts, String name) {
        return parts.stream().filter(part -> part.getName().equals(name)).findFirst();
    }

    static Optional<String> text(List<EntityPart> parts, String name) throws IOException {
        var part = find(parts, name);
        return part.isPresent() ? Optional.of(part.get().getContent(String.class)) : Optional.empty();
    }

    /** The name that the client gave to the file in a part; empty if it gave none. */
    static String fileName(EntityPart part) {
        return utf8(part.getFileName().orElse(""));
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
