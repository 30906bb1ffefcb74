package org.comfyee.diffusion.vision;

import java.util.List;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.ClipLayer;
import org.comfyee.diffusion.text.OpenClipLayout;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** The style adapter of T2I-Adapter (Mou et al. 2023): a few learnt tokens that look at a picture through a small transformer. */
final class StyleAdapter implements StyleModel {
    private static final int HEADS = 8;

    private final Weights weights;
    private final Weights layers;
    private final int count;

    StyleAdapter(Weights weights) {
        this.weights = weights;
        // Spelt so in its files.
        layers = OpenClipLayout.layers(weights.at("transformer_layes"));
        count = weights.count("transformer_layes");
    }

    @Override
    public Tensor words(ClipVisionOutput seen) {
        try (var scope = new TensorScope()) {
            var learnt = weights.get("style_embedding").borrow();
            long tokens = learnt.size(1);
            var states = seen.lastHidden();
            var h = ClipLayer.norm(weights.at("ln_pre"), Tensor.cat(List.of(states, learnt.expand(states.size(0), -1, -1)), 1));
            for (int i = 0; i < count; i++) {
                h = new ClipLayer(layers.at(String.valueOf(i)), HEADS, ClipLayer::quickGelu, false).apply(h);
            }
            var out = ClipLayer.norm(weights.at("ln_post"), h.narrow(1, h.size(1) - tokens, tokens));
            return scope.keep(out.matmul(weights.get("proj").borrow()));
        }
    }
}
