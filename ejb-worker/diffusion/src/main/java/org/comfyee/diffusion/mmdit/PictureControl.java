package org.comfyee.diffusion.mmdit;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.control.ControlNetwork;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Tensor;

/**
 * The control networks that Stability published for Stable Diffusion 3.5: transformer blocks over the picture alone. The large
 * ones see the network's own pooled text and run side by side; the small ones borrow how the network sees patches.
 */
public final class PictureControl implements ControlNetwork {
    private static final double MIDDLE = 7.5;
    private static final double LONGEST_PERIOD = 10_000;

    private final Optional<FeedForward> mainLabelIn;
    private final List<Stream> blocks;
    private final ControlLayers layers;
    private final int mainBlocks;
    private final int channels;

    /**
     * @param weights in the original layout, but for the names of the blocks
     * @param main those of the network that is steered
     */
    public PictureControl(Weights weights, Weights main) {
        channels = (int) weights.size("y_embedder.mlp.0.weight", 0);
        boolean large = weights.size("y_embedder.mlp.0.weight", 1) == channels;
        mainLabelIn = large ? Optional.of(Mmdit.embedder(main.at("y_embedder.mlp"))) : Optional.empty();
        blocks = IntStream.range(0, weights.count("transformer_blocks")).mapToObj(i -> Stream.of(weights.at("transformer_blocks." + i))).toList();
        layers = new ControlLayers(weights, large ? weights : main, blocks.size());
        mainBlocks = main.count("joint_blocks");
    }

    @Override
    public ControlResiduals predict(Input input) {
        return layers.collect(residuals -> run(input, residuals));
    }

    private void run(Input input, ControlLayers.Residuals residuals) {
        var x = layers.latents(input);
        if (mainLabelIn.isEmpty()) {
            x = x.add(places(Patches.of(input.x()), x));
        }
        x = x.add(layers.hint(input));
        var label = input.get(TensorSlot.LABEL);
        var vector = layers.vector(input, mainLabelIn.map(layer -> layer.apply(label)).orElse(label));
        int times = Math.ceilDiv(mainBlocks, blocks.size());
        for (int i = 0; i < blocks.size(); i++) {
            var block = blocks.get(i);
            var moves = block.moves(vector);
            var after = block.finish(x, block.heads(x, moves).attend(), moves).orElseThrow();
            residuals.add(i, after, times);
            x = mainLabelIn.isPresent() ? x : after;
        }
    }

    /** Sines and cosines of columns and rows, which are counted so that the shorter side goes from 0 to 15. */
    private Tensor places(Patches patches, Tensor like) {
        int rows = (int) patches.rows();
        int columns = (int) patches.columns();
        int quarter = channels / 4;
        var values = new float[rows * columns * channels];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int at = (row * columns + column) * channels;
                put(values, at, quarter, place(column, columns, Math.min(rows, columns)));
                put(values, at + 2 * quarter, quarter, place(row, rows, Math.min(rows, columns)));
            }
        }
        return Tensor.of(values, 1, (long) rows * columns, channels).to(like.device()).to(like.dtype());
    }

    private static double place(int index, int count, int shorter) {
        double reach = MIDDLE * count / shorter;
        return count == 1 ? MIDDLE - reach : MIDDLE - reach + 2 * reach * index / (count - 1);
    }

    private static void put(float[] values, int at, int count, double place) {
        for (int k = 0; k < count; k++) {
            double angle = place / Math.pow(LONGEST_PERIOD, (double) k / count);
            values[at + k] = (float) Math.sin(angle);
            values[at + count + k] = (float) Math.cos(angle);
        }
    }
}
