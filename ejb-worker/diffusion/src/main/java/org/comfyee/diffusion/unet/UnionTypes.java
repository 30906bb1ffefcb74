package org.comfyee.diffusion.unet;

import java.util.List;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Heads;
import org.comfyee.diffusion.layers.LayerNorm;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.torch.Tensor;

/** How a control network for several types of picture is told which it is given (Qi 2024, "ControlNet++"). */
final class UnionTypes {
    private static final int TYPE_CHANNELS = 256;
    private static final int HEADS = 8;

    /** A transformer block over types. */
    private record Layer(LayerNorm norm1, Linear joined, Linear out, LayerNorm norm2, FeedForward feed) {
        static Layer of(Weights weights) {
            var attention = weights.at("attn");
            return new Layer(LayerNorm.of(weights.at("ln_1")),
                    new Linear(attention.get("in_proj_weight"), attention.find("in_proj_bias")), Linear.of(attention.at("out_proj")),
                    LayerNorm.of(weights.at("ln_2")),
                    new FeedForward(Linear.of(weights.at("mlp.c_fc")), x -> x.mul(x.mul(1.702).sigmoid()), Linear.of(weights.at("mlp.c_proj"))));
        }

        Tensor apply(Tensor x) {
            var h = x.add(out.apply(Heads.of(joined.apply(norm1.apply(x)), x.size(2) / HEADS).attend()));
            return h.add(feed.apply(norm2.apply(h)));
        }
    }

    private final Parameter tasks;
    private final FeedForward typesIn;
    private final List<Layer> layers;
    private final Linear shift;

    UnionTypes(Weights weights) {
        tasks = weights.get("task_embedding");
        var embedding = weights.at("control_add_embedding");
        typesIn = new FeedForward(Linear.of(embedding.at("linear_1")), Tensor::silu, Linear.of(embedding.at("linear_2")));
        layers = IntStream.range(0, weights.count("transformer_layes")).mapToObj(i -> Layer.of(weights.at("transformer_layes." + i))).toList();
        shift = Linear.of(weights.at("spatial_ch_projs"));
    }

    /**
     * What is added to the timestep's embedding.
     *
     * @param types numbers of types
     * @param like of the type and on the device of the result
     * @throws IllegalArgumentException if the network does not know one of them
     */
    Tensor embedding(List<Integer> types, Tensor like) {
        int known = (int) tasks.shape()[0];
        var given = new float[known];
        for (int type : types) {
            if (type >= known) {
                throw new IllegalArgumentException("the type of control picture is number " + type + ", but this control network knows only "
                        + known + " types, numbered from 0: a ControlNet Union ProMax knows more");
            }
            given[type] = 1;
        }
        return typesIn.apply(Timesteps.embed(given, TYPE_CHANNELS, like).reshape(1, (long) known * TYPE_CHANNELS));
    }

    /** The encoded picture with a mark of its type, if that is known. */
    Tensor marked(Tensor hint, List<Integer> types) {
        if (types.isEmpty()) {
            return hint;
        }
        var mean = hint.mean(3, false).mean(2, false);
        var x = mean.add(tasks.get().select(0, types.getFirst())).unsqueeze(1);
        for (var layer : layers) {
            x = layer.apply(x);
        }
        return hint.add(shift.apply(x.select(1, 0)).unsqueeze(-1).unsqueeze(-1));
    }
}
