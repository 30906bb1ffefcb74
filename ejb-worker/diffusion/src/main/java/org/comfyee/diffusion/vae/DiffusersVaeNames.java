package org.comfyee.diffusion.vae;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;

/** The names that the diffusers library gives an autoencoder's weights, turned into those of the original layout. */
final class DiffusersVaeNames {
    private static final Pattern ENCODER_BLOCK = Pattern.compile("encoder\\.down_blocks\\.(\\d+)\\.resnets\\.(\\d+)\\.(.*)");
    private static final Pattern DOWN = Pattern.compile("encoder\\.down_blocks\\.(\\d+)\\.downsamplers\\.0\\.(.*)");
    private static final Pattern DECODER_BLOCK = Pattern.compile("decoder\\.up_blocks\\.(\\d+)\\.resnets\\.(\\d+)\\.(.*)");
    private static final Pattern UP = Pattern.compile("decoder\\.up_blocks\\.(\\d+)\\.upsamplers\\.0\\.(.*)");
    private static final Pattern MIDDLE = Pattern.compile("(encoder|decoder)\\.mid_block\\.resnets\\.(\\d+)\\.(.*)");
    private static final Pattern ATTENTION = Pattern.compile("(encoder|decoder)\\.mid_block\\.attentions\\.0\\.(.*)\\.(weight|bias)");
    /** Older files use the first of two names. */
    private static final Map<String, String> ATTENTION_NAMES = Map.of("group_norm", "norm", "query", "q", "to_q", "q", "key", "k", "to_k", "k",
            "value", "v", "to_v", "v", "proj_attn", "proj_out", "to_out.0", "proj_out");

    /** Numbers of the decoder's blocks run the other way. */
    private final int lastUp;

    private DiffusersVaeNames(int lastUp) {
        this.lastUp = lastUp;
    }

    static boolean areIn(Weights weights) {
        return weights.has("decoder.up_blocks.0.resnets.0.norm1");
    }

    static Weights replaced(Weights weights) {
        var names = new DiffusersVaeNames(weights.count("decoder.up_blocks") - 1);
        var renamed = new HashMap<String, Parameter>();
        for (var name : weights.names()) {
            var parameter = weights.get(name);
            renamed.put(names.original(name), ATTENTION.matcher(name).matches() ? asConvolution(parameter) : parameter);
        }
        return Weights.of(renamed);
    }

    /** Diffusers keeps the attention's projections as linear layers. */
    private static Parameter asConvolution(Parameter parameter) {
        var shape = parameter.shape();
        if (shape.length != 2) {
            return parameter;
        }
        long[] kernel = {shape[0], shape[1], 1, 1};
        return parameter.derived(parameter.name(), kernel, matrix -> matrix.reshape(kernel));
    }

    private String original(String name) {
        var attention = ATTENTION.matcher(name);
        if (attention.matches()) {
            var part = ATTENTION_NAMES.getOrDefault(attention.group(2), attention.group(2));
            return attention.group(1) + ".mid.attn_1." + part + "." + attention.group(3);
        }
        var middle = MIDDLE.matcher(name);
        if (middle.matches()) {
            return middle.group(1) + ".mid.block_" + (Integer.parseInt(middle.group(2)) + 1) + "." + inner(middle.group(3));
        }
        var encoderBlock = ENCODER_BLOCK.matcher(name);
        if (encoderBlock.matches()) {
            return "encoder.down." + encoderBlock.group(1) + ".block." + encoderBlock.group(2) + "." + inner(encoderBlock.group(3));
        }
        var down = DOWN.matcher(name);
        if (down.matches()) {
            return "encoder.down." + down.group(1) + ".downsample." + down.group(2);
        }
        var decoderBlock = DECODER_BLOCK.matcher(name);
        if (decoderBlock.matches()) {
            return "decoder.up." + up(decoderBlock.group(1)) + ".block." + decoderBlock.group(2) + "." + inner(decoderBlock.group(3));
        }
        var up = UP.matcher(name);
        return up.matches() ? "decoder.up." + up(up.group(1)) + ".upsample." + up.group(2) : name.replace("conv_norm_out", "norm_out");
    }

    private int up(String number) {
        return lastUp - Integer.parseInt(number);
    }

    private static String inner(String name) {
        return name.replace("conv_shortcut", "nin_shortcut");
    }
}
