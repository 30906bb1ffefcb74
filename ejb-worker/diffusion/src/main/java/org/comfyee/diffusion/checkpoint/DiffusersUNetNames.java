package org.comfyee.diffusion.checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The names that the diffusers library gives the weights of Stable Diffusion's U-Nets, beside the original ones. */
public final class DiffusersUNetNames {
    private static final Map<String, String> RESIDUAL = Map.of("in_layers.0", "norm1", "in_layers.2", "conv1", "emb_layers.1", "time_emb_proj",
            "out_layers.0", "norm2", "out_layers.3", "conv2", "skip_connection", "conv_shortcut");
    private static final Map<String, String> ORIGINAL_RESIDUAL =
            RESIDUAL.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
    private static final List<String> LABELS = List.of("class_embedding", "add_embedding");

    /** How many residual blocks a level has. */
    private final int perLevel;

    private DiffusersUNetNames(int perLevel) {
        this.perLevel = perLevel;
    }

    /** The diffusers names of the weights of a network in the original layout. */
    public static Map<String, String> originalByDiffusers(Weights network) {
        int first = 1;
        int blocks = network.count("input_blocks");
        while (first < blocks && !network.has("input_blocks." + first + ".0.op")) {
            first++;
        }
        var names = new DiffusersUNetNames(first - 1);
        var found = new HashMap<String, String>();
        for (var name : network.names()) {
            names.diffusers(name).ifPresent(diffusers -> found.put(diffusers, name));
            if (name.startsWith("label_emb.0.")) {
                LABELS.forEach(label -> found.put(label + ".linear_" + (name.charAt(12) == '0' ? "1" : "2") + name.substring(13), name));
            }
        }
        return found;
    }

    private Optional<String> diffusers(String name) {
        var part = name.split("\\.", 4);
        return switch (part[0]) {
            case "input_blocks" -> Optional.of(input(Integer.parseInt(part[1]), part[2], part[3]));
            case "middle_block" -> Optional.of(part[1].equals("1")
                    ? "mid_block.attentions.0." + name.substring("middle_block.1.".length())
                    : "mid_block.resnets." + (part[1].equals("0") ? "0." : "1.") + residual(name.substring("middle_block.0.".length()), RESIDUAL));
            case "output_blocks" -> Optional.of(output(Integer.parseInt(part[1]), part[2], part[3]));
            case "time_embed" -> Optional.of("time_embedding.linear_" + (part[1].equals("0") ? "1." : "2.") + part[2]);
            case "out" -> Optional.of((part[1].equals("0") ? "conv_norm_out." : "conv_out.") + part[2]);
            default -> Optional.empty();
        };
    }

    private String input(int block, String part, String rest) {
        if (block == 0) {
            return "conv_in." + rest;
        }
        int level = (block - 1) / (perLevel + 1);
        int index = (block - 1) % (perLevel + 1);
        if (rest.startsWith("op.")) {
            return "down_blocks." + level + ".downsamplers.0.conv." + rest.substring(3);
        }
        return "down_blocks." + level + member(part, index, rest);
    }

    private String output(int block, String part, String rest) {
        int level = block / (perLevel + 1);
        if (rest.startsWith("conv.")) {
            return "up_blocks." + level + ".upsamplers.0." + rest;
        }
        return "up_blocks." + level + member(part, block % (perLevel + 1), rest);
    }

    private static String member(String part, int index, String rest) {
        return part.equals("0") ? ".resnets." + index + "." + residual(rest, RESIDUAL) : ".attentions." + index + "." + rest;
    }

    /** A name in a residual block, its last word being {@code weight} or {@code bias}. */
    private static String residual(String name, Map<String, String> translation) {
        int last = name.lastIndexOf('.');
        return translation.getOrDefault(name.substring(0, last), name.substring(0, last)) + name.substring(last);
    }

    /** Whether a file has the layout of diffusers. */
    public static boolean areUsedBy(Weights weights) {
        return weights.has("down_blocks.0.resnets.0.conv1.weight");
    }

    /** The weights under their original names; what is no part of a U-Net keeps its name. */
    public static Weights toOriginal(Weights weights) {
        var names = new DiffusersUNetNames(weights.count("down_blocks.0.resnets"));
        return weights.renamed(name -> names.original(name, weights));
    }

    private String original(String name, Weights all) {
        var part = name.split("\\.", 5);
        return switch (part[0]) {
            case "conv_in" -> "input_blocks.0.0." + part[1];
            case "conv_norm_out" -> "out.0." + part[1];
            case "conv_out" -> "out.2." + part[1];
            case "time_embedding" -> "time_embed." + linear(part[1]) + "." + part[2];
            case "class_embedding", "add_embedding" -> "label_emb.0." + linear(part[1]) + "." + part[2];
            case "down_blocks" -> down(Integer.parseInt(part[1]), part[2], Integer.parseInt(part[3]), part[4]);
            case "mid_block" -> {
                var rest = name.substring(("mid_block." + part[1] + "." + part[2] + ".").length());
                yield part[1].equals("attentions")
                        ? "middle_block.1." + rest
                        : "middle_block." + (part[2].equals("0") ? "0." : "2.") + residual(rest, ORIGINAL_RESIDUAL);
            }
            case "up_blocks" -> up(Integer.parseInt(part[1]), part[2], Integer.parseInt(part[3]), part[4], all);
            default -> name;
        };
    }

    private static String linear(String name) {
        return name.equals("linear_1") ? "0" : "2";
    }

    private String down(int level, String kind, int index, String rest) {
        int first = 1 + (perLevel + 1) * level;
        return switch (kind) {
            case "resnets" -> "input_blocks." + (first + index) + ".0." + residual(rest, ORIGINAL_RESIDUAL);
            case "attentions" -> "input_blocks." + (first + index) + ".1." + rest;
            default -> "input_blocks." + (first + perLevel) + ".0.op." + rest.substring("conv.".length());
        };
    }

    private String up(int level, String kind, int index, String rest, Weights all) {
        int first = (perLevel + 1) * level;
        return switch (kind) {
            case "resnets" -> "output_blocks." + (first + index) + ".0." + residual(rest, ORIGINAL_RESIDUAL);
            case "attentions" -> "output_blocks." + (first + index) + ".1." + rest;
            default -> "output_blocks." + (first + perLevel) + "." + (all.has("up_blocks." + level + ".attentions") ? 2 : 1) + "." + rest;
        };
    }
}
