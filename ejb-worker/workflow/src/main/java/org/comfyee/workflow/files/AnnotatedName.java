package org.comfyee.workflow.files;

/** A file name as clients write it, where {@code "a.png [output]"} names a directory other than the usual one. */
public record AnnotatedName(String name, Directory directory) {

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
}
