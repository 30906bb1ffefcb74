package org.comfyee.diffusion.vae;

import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Attention;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.GroupNorm;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** The part at the lowest resolution, where each pixel attends to all. */
record Middle(ResnetBlock first, GroupNorm norm, Conv2d query, Conv2d key, Conv2d value, Conv2d out, ResnetBlock last) {

    static Middle of(Weights weights, ResnetBlock.Norms norms) {
        var attention = weights.at("attn_1");
        return new Middle(ResnetBlock.of(weights.at("block_1"), norms), norms.of(attention.at("norm"), ResnetBlock.EPS),
                Conv2d.of(attention.at("q")), Conv2d.of(attention.at("k")), Conv2d.of(attention.at("v")),
                Conv2d.of(attention.at("proj_out")), ResnetBlock.of(weights.at("block_2"), norms));
    }

    Tensor apply(Tensor x) {
        try (var scope = new TensorScope()) {
            return scope.keep(last.apply(attend(first.apply(x))));
        }
    }

    private Tensor attend(Tensor x) {
        var h = norm.apply(x);
        var joined = Attention.apply(tokens(query.apply(h)), tokens(key.apply(h)), tokens(value.apply(h)), 1, false);
        var map = joined.reshape(x.size(0), x.size(2), x.size(3), x.size(1)).permute(0, 3, 1, 2);
        return x.add(out.apply(map));
    }

    private static Tensor tokens(Tensor map) {
        return map.permute(0, 2, 3, 1).reshape(map.size(0), map.size(2) * map.size(3), map.size(1));
    }
}
