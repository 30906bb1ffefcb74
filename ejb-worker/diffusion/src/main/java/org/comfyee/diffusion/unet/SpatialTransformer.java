package org.comfyee.diffusion.unet;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.GroupNorm;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.torch.Tensor;

/** Transformer blocks over the pixels of a feature map, which look at the text. */
record SpatialTransformer(
        GroupNorm norm, UnaryOperator<Tensor> projectIn, List<TransformerBlock> blocks, UnaryOperator<Tensor> projectOut, boolean linear) {
    private static final double EPS = 1e-6;
    private static final int SD1_HEADS = 8;
    private static final int HEAD_SIZE = 64;

    /** @param given how many heads, where that does not follow from the shapes */
    static SpatialTransformer of(Weights weights, OptionalInt given) {
        var shape = weights.get("proj_in.weight").shape();
        boolean linear = shape.length == 2;
        // SD 1.x, whose projections are convolutions, has a fixed number of heads; its successors have heads of fixed size.
        int heads = given.orElse(linear ? (int) shape[0] / HEAD_SIZE : SD1_HEADS);
        var blocks = IntStream.range(0, weights.count("transformer_blocks"))
                .mapToObj(i -> TransformerBlock.of(weights.at("transformer_blocks." + i), heads))
                .toList();
        return new SpatialTransformer(GroupNorm.of(weights.at("norm"), EPS), projection(weights.at("proj_in"), linear), blocks,
                projection(weights.at("proj_out"), linear), linear);
    }

    private static UnaryOperator<Tensor> projection(Weights weights, boolean linear) {
        return linear ? Linear.of(weights)::apply : Conv2d.of(weights)::apply;
    }

    /**
     * @param x {@code [batch, channels, height, width]}
     * @param site where it is, if patches take part
     */
    Tensor apply(Tensor x, Tensor context, Optional<Block.Site> site) {
        var h = norm.apply(x);
        h = linear ? projectIn.apply(toTokens(h)) : toTokens(projectIn.apply(h));
        for (int i = 0; i < blocks.size(); i++) {
            h = site.isEmpty()
                    ? blocks.get(i).apply(h, context)
                    : PatchedTransformer.of(blocks.get(i), site.get(), i, x.size(2), x.size(3)).apply(h, context);
        }
        h = linear ? toMap(projectOut.apply(h), x) : projectOut.apply(toMap(h, x));
        return h.add(x);
    }

    private static Tensor toTokens(Tensor map) {
        return map.permute(0, 2, 3, 1).reshape(map.size(0), map.size(2) * map.size(3), map.size(1));
    }

    private static Tensor toMap(Tensor tokens, Tensor like) {
        return tokens.reshape(like.size(0), like.size(2), like.size(3), tokens.size(2)).permute(0, 3, 1, 2);
    }
}
