package org.comfyee.nodes.image.animation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.workflow.node.Outputs;

/** What clients are shown of a film. */
final class Film {
    private Film() {}

    /** @param moves whether they are to show the file as a film rather than as a picture */
    static Outputs shown(Map<String, Object> saved, boolean moves) {
        var shown = new LinkedHashMap<String, List<?>>();
        shown.put("images", List.of(saved));
        shown.put("animated", List.of(moves));
        return Outputs.ui(shown);
    }
}
