package org.comfyee.workflow.files;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Keeps names from the network inside their directory. */
public final class Inside {
    private Inside() {}

    /**
     * Resolves a relative name.
     *
     * @throws PathEscapeException if the name is absolute, no file name at all, or leads out of {@code root}, also by a
     *         symbolic link
     */
    public static Path resolve(Path root, String name) {
        var portable = name.replace('\\', '/');
        if (portable.startsWith("/") || portable.matches("^[A-Za-z]:.*") || portable.indexOf('\0') >= 0) {
            throw escape(root, name);
        }
        var home = root.toAbsolutePath().normalize();
        try {
            var path = home.resolve(portable).normalize();
            if (!path.startsWith(home) || !real(path).startsWith(real(home))) {
                throw escape(root, name);
            }
            return path;
        } catch (InvalidPathException e) {
            throw escape(root, name);
        }
    }

    /** The path behind symbolic links, of which the last names need not exist. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            var parent = path.getParent();
            return parent == null ? path : real(parent).resolve(path.getFileName());
        }
    }

    private static PathEscapeException escape(Path root, String name) {
        return new PathEscapeException("the name '" + name + "' leads out of the directory " + root.getFileName()
                + ", expected a relative path inside it");
    }
}
