package org.comfyee.workflow.files;

import java.util.Optional;

/** A file name as clients write it, where {@code "a.png [output]"} names a directory other than the usual one. */
public record AnnotatedName(String name, Directory directory) {

    /** A name without a tag, or with one that is unknown, lies in the usual directory. */
    public static AnnotatedName parse(String text, Directory usual) {
        for (var directory : Directory.values()) {
            var tag = "[" + directory.typeName() + "]";
            if (text.endsWith(tag)) {
                // One character before the tag, a space, belongs to it.
                return new AnnotatedName(text.substring(0, Math.max(0, text.length() - tag.length() - 1)), directory);
            }
        }
        return new AnnotatedName(text, usual);
    }

    /**
     * What a client asks for by a name and a type, of which the name's tag goes first.
     *
     * @param typeName {@code input}, {@code output} or {@code temp}
     * @return empty if neither tag nor type says a directory, or the name is empty, begins at the root or climbs ({@code ..})
     */
    public static Optional<AnnotatedName> requested(String text, String typeName) {
        var type = Directory.ofType(typeName);
        var parsed = parse(text, type.orElse(Directory.OUTPUT));
        boolean placed = type.isPresent() || !parsed.name.equals(text);
        return Optional.of(parsed).filter(each -> placed && !each.name.isEmpty() && !each.name.startsWith("/") && !each.name.contains(".."));
    }
}
