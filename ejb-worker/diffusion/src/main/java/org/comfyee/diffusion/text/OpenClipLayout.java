package org.comfyee.diffusion.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;

/** The names that OpenCLIP gives the weights of a text transformer, turned into those of Hugging Face's CLIPTextModel. */
public final class OpenClipLayout {
    private static final String BLOCKS = "transformer.resblocks.";
    private static final Map<String, String> NAMES = Map.of(
            "positional_embedding", "text_model.embeddings.position_embedding.weight",
            "token_embedding.weight", "text_model.embeddings.token_embedding.weight",
            "ln_final.weight", "text_model.final_layer_norm.weight",
            "ln_final.bias", "text_model.final_layer_norm.bias",
            "text_projection.weight", "text_projection.weight");
    private static final Map<String, String> LAYER_NAMES = Map.of(
            "ln_1", "layer_norm1", "ln_2", "layer_norm2", "mlp.c_fc", "mlp.fc1", "mlp.c_proj", "mlp.fc2", "attn.out_proj", "self_attn.out_proj");

    private OpenClipLayout() {}

    static boolean isUsedBy(Weights weights) {
        return weights.has(BLOCKS + "0.ln_1");
    }

    /** The weights as Hugging Face names them; what is no part of a text transformer is left out. */
    static Weights toHuggingFace(Weights weights) {
        var renamed = new HashMap<String, Parameter>();
        for (var name : weights.names()) {
            var parameter = weights.get(name);
            if (NAMES.containsKey(name)) {
                renamed.put(NAMES.get(name), parameter);
            } else if (name.equals("text_projection")) {
                // A plain matrix that the state is multiplied with, where a linear layer multiplies with the transposed one.
                renamed.put("text_projection.weight", parameter.transposed(parameter.name()));
            } else if (name.startsWith(BLOCKS)) {
                addLayer(renamed, "text_model.encoder.layers.", name.substring(BLOCKS.length()), parameter);
            }
        }
        return Weights.of(renamed);
    }

    /** Weights that Hugging Face names, as OpenCLIP does. */
    public static Weights fromHuggingFace(Weights weights) {
        var renamed = new HashMap<String, Parameter>();
        NAMES.forEach((open, name) -> weights.find(name).ifPresent(parameter -> renamed.put(open, parameter)));
        weights.find("text_projection.weight").ifPresent(parameter -> {
            renamed.remove("text_projection.weight");
            renamed.put("text_projection", parameter.transposed(parameter.name()));
        });
        for (int i = 0; i < weights.count("text_model.encoder.layers"); i++) {
            var layer = weights.at("text_model.encoder.layers." + i);
            var block = BLOCKS + i + ".";
            for (var kind : List.of("weight", "bias")) {
                LAYER_NAMES.forEach((open, name) -> renamed.put(block + open + "." + kind, layer.get(name + "." + kind)));
                renamed.put(block + "attn.in_proj_" + kind, joined(layer.at("self_attn"), kind));
            }
        }
        return Weights.of(renamed);
    }

    private static Parameter joined(Weights attention, String kind) {
        var query = attention.get("q_proj." + kind);
        var others = List.of(attention.get("k_proj." + kind), attention.get("v_proj." + kind));
        var shape = query.shape();
        shape[0] *= 3;
        return query.patched(shape, first -> Tensor.cat(List.of(first, others.get(0).plain(), others.get(1).plain()), 0));
    }

    /**
     * Layers of any of CLIP's transformers.
     *
     * @param blocks with names such as {@code 11.attn.in_proj_bias}
     * @return with names such as {@code 11.self_attn.q_proj.bias}
     */
    public static Weights layers(Weights blocks) {
        var renamed = new HashMap<String, Parameter>();
        blocks.names().forEach(name -> addLayer(renamed, "", name, blocks.get(name)));
        return Weights.of(renamed);
    }

    /** @param name for example {@code 11.attn.in_proj_bias} */
    private static void addLayer(Map<String, Parameter> renamed, String prefix, String name, Parameter parameter) {
        int dot = name.indexOf('.');
        var layer = prefix + name.substring(0, dot) + ".";
        var rest = name.substring(dot + 1);
        if (rest.startsWith("attn.in_proj_")) {
            addProjections(renamed, layer + "self_attn.", rest.substring("attn.in_proj_".length()), parameter);
            return;
        }
        int last = rest.lastIndexOf('.');
        var known = LAYER_NAMES.get(rest.substring(0, last));
        if (known != null) {
            renamed.put(layer + known + rest.substring(last), parameter);
        }
    }

    /** Queries, keys and values lie in one matrix, one after the other. */
    private static void addProjections(Map<String, Parameter> renamed, String attention, String kind, Parameter joined) {
        long size = joined.shape()[0] / 3;
        var names = new String[] {"q_proj", "k_proj", "v_proj"};
        for (int i = 0; i < names.length; i++) {
            renamed.put(attention + names[i] + "." + kind, joined.rowRange(joined.name() + "[" + names[i] + "]", i * size, size));
        }
    }
}
