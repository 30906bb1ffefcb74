package org.comfyee.diffusion.unet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.patch.Section;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** A numbered block of the U-Net: a convolution, or a residual block with what follows it. */
record Block(List<Part> parts, boolean attends) {

    /**
     * @param size height and width that an upsampling part reaches
     * @param site where the block is, if patches take part
     */
    record Step(Tensor embedding, Tensor context, long[] size, Optional<Site> site) {}

    /** @param transformer how many blocks with attention come before this one */
    record Site(Pass pass, Section section, int block, int transformer) {}

    @FunctionalInterface
    interface Part {
        Tensor apply(Tensor x, Step step);
    }

    /** @param heads of attention, where they do not follow from its shapes */
    static Block of(Weights weights, OptionalInt heads) {
        var parts = new ArrayList<Part>();
        for (int i = 0; weights.has(Integer.toString(i)); i++) {
            parts.add(part(weights.at(Integer.toString(i)), heads));
        }
        return new Block(List.copyOf(parts), weights.names().stream().anyMatch(name -> name.contains("transformer_blocks")));
    }

    private static Part part(Weights weights, OptionalInt heads) {
        if (weights.has("in_layers")) {
            var residual = ResidualBlock.of(weights);
            return (x, step) -> residual.apply(x, step.embedding());
        }
        if (weights.has("transformer_blocks")) {
            var transformer = SpatialTransformer.of(weights, heads);
            return (x, step) -> transformer.apply(x, step.context(), step.site());
        }
        if (weights.has("op")) {
            var down = Conv2d.strided(weights.at("op"), 2, 1);
            return (x, _) -> down.apply(x);
        }
        if (weights.has("conv")) {
            var conv = Conv2d.of(weights.at("conv"));
            return (x, step) -> conv.apply(x.upsampleNearest(step.size()[0], step.size()[1]));
        }
        var conv = Conv2d.of(weights);
        return (x, _) -> conv.apply(x);
    }

    Tensor apply(Tensor x, Step step) {
        try (var block = new TensorScope()) {
            var h = x;
            for (var part : parts) {
                try (var scope = new TensorScope()) {
                    h = scope.keep(part.apply(h, step));
                }
            }
            return block.keep(h);
        }
    }
}
