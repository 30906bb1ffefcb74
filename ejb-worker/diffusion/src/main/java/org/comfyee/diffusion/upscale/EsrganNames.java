package org.comfyee.diffusion.upscale;

import org.comfyee.diffusion.checkpoint.Weights;

/** The names that weights of an ESRGAN have had: numbers of a sequence, names of the first release, and those of Real-ESRGAN. */
final class EsrganNames {
    private static final String TRUNK = "model.1.sub.";

    private EsrganNames() {}

    /** The weights under the names of Real-ESRGAN. */
    static Weights modern(Weights weights) {
        if (weights.has("model.0.weight")) {
            return sequential(weights);
        }
        return weights.renamed(name -> name.replaceFirst("^RRDB_trunk\\.", "body.").replaceFirst("^trunk_conv\\.", "conv_body.")
                .replaceFirst("^upconv(\\d)\\.", "conv_up$1.").replaceFirst("^HRconv\\.", "conv_hr.").replace(".RDB", ".rdb"));
    }

    private static Weights sequential(Weights weights) {
        int last = weights.at("model").names().stream().mapToInt(name -> Integer.parseInt(name.substring(0, name.indexOf('.')))).max().orElseThrow();
        int blocks = weights.count("model.1.sub") - 1;
        return weights.renamed(name -> name.startsWith(TRUNK) ? trunk(name.substring(TRUNK.length()), blocks) : outer(name, last));
    }

    private static String trunk(String name, int blocks) {
        return name.startsWith(blocks + ".")
                ? "conv_body" + name.substring(name.indexOf('.'))
                : "body." + name.replace(".RDB", ".rdb").replaceFirst("(\\.conv\\d)\\.0\\.", "$1.");
    }

    /** Of the sequence: the first layer, then one of three for each doubling of the size, then two that are an activation apart. */
    private static String outer(String name, int last) {
        var parts = name.split("\\.", 3);
        int index = Integer.parseInt(parts[1]);
        var layer = index == 0 ? "conv_first" : index == last ? "conv_last" : index == last - 2 ? "conv_hr" : "conv_up" + index / 3;
        return layer + "." + parts[2];
    }
}
