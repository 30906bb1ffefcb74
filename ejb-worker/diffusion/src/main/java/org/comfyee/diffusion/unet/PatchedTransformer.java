package org.comfyee.diffusion.unet;

import org.comfyee.diffusion.layers.Attention;
import org.comfyee.diffusion.patch.AttentionInputs;
import org.comfyee.diffusion.patch.AttentionPlace;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** A transformer block of a U-Net in a pass that patches take part in. */
record PatchedTransformer(TransformerBlock block, Pass pass, AttentionPlace self) {

    /** @param height of the feature map, as is width */
    static PatchedTransformer of(TransformerBlock block, Block.Site site, int depth, long height, long width) {
        return new PatchedTransformer(block, site.pass(),
                new AttentionPlace(site.section(), site.block(), site.transformer(), depth, false, block.self().heads(), height, width));
    }

    Tensor apply(Tensor x, Tensor context) {
        try (var scope = new TensorScope()) {
            var normed = block.norm1().apply(x);
            var first = block.first(normed, context);
            var h = x.add(attend(block.self(), self, new AttentionInputs(normed, first, first)));
            h = pass.betweenAttentions(self, h);
            h = h.add(attend(block.cross(), self.toText(), new AttentionInputs(block.norm2().apply(h), context, context)));
            return scope.keep(h.add(block.feedForward(block.norm3().apply(h))));
        }
    }

    private Tensor attend(TransformerBlock.Projections projections, AttentionPlace place, AttentionInputs given) {
        var inputs = pass.attentionInputs(place, given);
        var projected = new AttentionInputs(projections.query().apply(inputs.query()), projections.key().apply(inputs.key()),
                projections.value().apply(inputs.value()));
        var attended = pass.attend(place, projected)
                .orElseGet(() -> Attention.apply(projected.query(), projected.key(), projected.value(), place.heads(), false));
        return pass.attended(place, projections.out().apply(attended));
    }
}
