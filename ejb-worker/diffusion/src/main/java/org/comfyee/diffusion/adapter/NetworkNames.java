package org.comfyee.diffusion.adapter;

import java.util.HashMap;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.DiffusersUNetNames;
import org.comfyee.diffusion.checkpoint.FluxNames;
import org.comfyee.diffusion.checkpoint.MmditNames;
import org.comfyee.diffusion.checkpoint.WeightPlace;
import org.comfyee.diffusion.checkpoint.Weights;

/** The names under which files of adapters know the weights of a diffusion network. */
final class NetworkNames {
    private static final String WEIGHT = ".weight";

    private NetworkNames() {}

    /** @return by name, without what tells the format of the adapter */
    static Map<String, WeightPlace> of(Weights network) {
        var names = new HashMap<String, WeightPlace>();
        for (var name : network.names()) {
            if (name.endsWith(WEIGHT)) {
                var base = base(name);
                names.put("lora_unet_" + underscored(base), WeightPlace.of(name));
                names.put("diffusion_model." + base, WeightPlace.of(name));
            } else {
                names.put("diffusion_model." + name, WeightPlace.of(name));
            }
        }
        if (network.has("input_blocks")) {
            DiffusersUNetNames.originalByDiffusers(network).forEach((diffusers, original) -> addUNet(names, diffusers, original));
        } else if (network.has("joint_blocks")) {
            MmditNames.of(network).forEach((diffusers, target) -> {
                addTransformer(names, diffusers, target);
                names.put("base_model.model." + base(diffusers), target);
            });
        } else if (network.has("double_blocks")) {
            FluxNames.of(network).forEach((diffusers, target) -> addTransformer(names, diffusers, target));
        }
        return names;
    }

    private static void addUNet(Map<String, WeightPlace> names, String diffusers, String original) {
        if (!diffusers.endsWith(WEIGHT)) {
            return;
        }
        var base = base(diffusers);
        var target = WeightPlace.of(original);
        names.put("lora_unet_" + underscored(base), target);
        names.put("lycoris_" + underscored(base), target);
        var processor = base.replace(".to_", ".processor.to_").replaceFirst("\\.to_out\\.0$", ".to_out");
        names.put(processor, target);
        names.put("unet." + processor, target);
    }

    private static void addTransformer(Map<String, WeightPlace> names, String diffusers, WeightPlace target) {
        if (!diffusers.endsWith(WEIGHT)) {
            return;
        }
        var base = base(diffusers);
        names.put("transformer." + base, target);
        names.put("lycoris_" + underscored(base), target);
        names.put("lora_transformer_" + underscored(base), target);
    }

    private static String base(String weight) {
        return weight.substring(0, weight.length() - WEIGHT.length());
    }

    private static String underscored(String name) {
        return name.replace('.', '_');
    }
}
