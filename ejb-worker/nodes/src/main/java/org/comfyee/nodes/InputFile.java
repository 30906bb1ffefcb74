package org.comfyee.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.files.PathEscapeException;

/** Files that nodes read from the input directory, or from the one that an annotation names. */
public final class InputFile {
    private InputFile() {}

    /**
     * What to tell of a file that does not exist.
     *
     * @param kind for example {@code image}
     */
    public static Optional<String> missing(String kind, String name, Folders folders) {
        return exists(name, folders) ? Optional.empty() : Optional.of("Invalid " + kind + " file: " + name);
    }

    private static boolean exists(String name, Folders folders) {
        try {
            return Files.isRegularFile(folders.annotated(name, Directory.INPUT));
        } catch (PathEscapeException e) {
            return false;
        }
    }

    /** SHA-256 of the content, in hexadecimal digits. */
    public static String hash(String name, Folders folders) throws IOException {
        var content = Files.readAllBytes(folders.annotated(name, Directory.INPUT));
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
