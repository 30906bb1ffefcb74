package org.comfyee.workflow.files;

import java.nio.file.Path;

/** What clients are not shown: files whose names begin with a dot, and what lies in directories that are called so. */
public final class DotFiles {
    private DotFiles() {}

    /** @param relative to the directory that is shown */
    public static boolean isHidden(Path relative) {
        for (var part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }
}
