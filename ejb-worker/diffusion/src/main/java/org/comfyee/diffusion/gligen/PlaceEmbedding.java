package org.comfyee.diffusion.gligen;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.torch.Tensor;

/**
 * Makes one vector of a thing's text and its place (GLIGEN, equation 4). There are always as many vectors; learnt ones stand for
 * no thing.
 */
record PlaceEmbedding(Linear first, Linear second, Linear third, Parameter noText, Parameter noPlace) {
    private static final int MOST_THINGS = 30;
    private static final int FREQUENCIES = 8;
    private static final double HIGHEST = 100;

    /** @param weights at {@code position_net} */
    static PlaceEmbedding of(Weights weights) {
        return new PlaceEmbedding(Linear.of(weights.at("linears.0")), Linear.of(weights.at("linears.2")), Linear.of(weights.at("linears.4")),
                weights.get("null_positive_feature"), weights.get("null_position_feature"));
    }

    /**
     * @param height of the latents in cells, as is width
     * @param place of the weights
     * @return {@code [1, things, channels]}
     * @throws IllegalArgumentException if there are too many things
     */
    Tensor embed(List<Grounding.Thing> things, long height, long width, Placement place) {
        if (things.size() > MOST_THINGS) {
            throw new IllegalArgumentException("there are " + things.size() + " text boxes; GLIGEN takes at most " + MOST_THINGS);
        }
        var rows = new ArrayList<Tensor>();
        for (var thing : things) {
            var box = thing.place();
            rows.add(place.in(Tensor.cat(List.of(thing.text().reshape(1, -1), waves(
                    (double) box.x() / width, (double) box.y() / height,
                    (double) (box.x() + box.width()) / width, (double) (box.y() + box.height()) / height)), 1)));
        }
        var nothing = Tensor.cat(List.of(noText.get().reshape(1, -1), noPlace.get().reshape(1, -1)), 1);
        rows.add(nothing.repeat(MOST_THINGS - things.size(), 1));
        return third.apply(second.apply(first.apply(Tensor.cat(rows, 0)).silu()).silu()).unsqueeze(0);
    }

    /** Sines and cosines of the edges at rising frequencies: first all edges' sines of a frequency, then their cosines. */
    private static Tensor waves(double... edges) {
        var values = new float[FREQUENCIES * 2 * edges.length];
        for (int f = 0; f < FREQUENCIES; f++) {
            double frequency = Math.pow(HIGHEST, (double) f / FREQUENCIES);
            for (int i = 0; i < edges.length; i++) {
                values[2 * f * edges.length + i] = (float) Math.sin(frequency * edges[i]);
                values[(2 * f + 1) * edges.length + i] = (float) Math.cos(frequency * edges[i]);
            }
        }
        return Tensor.of(values, 1, values.length);
    }
}
