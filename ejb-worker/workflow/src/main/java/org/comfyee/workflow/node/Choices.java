package org.comfyee.workflow.node;

import java.util.List;
import org.comfyee.workflow.files.Folders;

/** What a combo offers: fixed names, or names of files that are looked up each time. */
@FunctionalInterface
public interface Choices {
    /** The names at this moment, in the order in which clients list them. */
    List<String> in(Folders folders);

    /** The same names whatever lies in the folders. */
    static Choices fixed(List<String> names) {
        var copy = List.copyOf(names);
        return _ -> copy;
    }
}
