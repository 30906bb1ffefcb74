package org.comfyee.nodes.model.patches;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Makes feature maps smaller from one block of a U-Net on, in a part of the sampling, so that large pictures hold together
 * (Kohya 2023, "Deep Shrink").
 */
public final class PatchModelAddDownscale implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Integer> BLOCK_NUMBER = Input.integer("block_number").defaultTo(3).range(1, 32).step(1);
    private static final Input<Double> DOWNSCALE_FACTOR = Input.floating("downscale_factor").defaultTo(2.0).range(0.1, 9.0).step(0.001);
    private static final Input<Double> START_PERCENT = Input.floating("start_percent").defaultTo(0.0).range(0.0, 1.0).step(0.001);
    private static final Input<Double> END_PERCENT = Input.floating("end_percent").defaultTo(0.35).range(0.0, 1.0).step(0.001);
    private static final Input<Boolean> DOWNSCALE_AFTER_SKIP = Input.bool("downscale_after_skip").defaultTo(true);
    private static final Input<String> DOWNSCALE_METHOD = Input.combo("downscale_method",
            List.of("bicubic", "nearest-exact", "bilinear", "area", "bislerp"));
    private static final Input<String> UPSCALE_METHOD = Input.combo("upscale_method",
            List.of("bicubic", "nearest-exact", "bilinear", "area", "bislerp"));

    private static final NodeDefinition DEFINITION = node("PatchModelAddDownscale")
            .schema()
            .displayName("PatchModelAddDownscale (Kohya Deep Shrink)")
            .category("model_patches/unet")
            .module("comfy_extras.nodes_model_downscale")
            .inputs(MODEL, BLOCK_NUMBER, DOWNSCALE_FACTOR, START_PERCENT,
                    END_PERCENT,
                    DOWNSCALE_AFTER_SKIP, DOWNSCALE_METHOD, UPSCALE_METHOD)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sampling = inputs.get(MODEL).sampling();
        return Outputs.of(inputs.get(MODEL).withNetworkPatch(new Shrinking(inputs.get(BLOCK_NUMBER), inputs.get(DOWNSCALE_FACTOR),
                sampling.percentToSigma(inputs.get(START_PERCENT)), sampling.percentToSigma(inputs.get(END_PERCENT)),
                inputs.get(DOWNSCALE_AFTER_SKIP), inputs.get(DOWNSCALE_METHOD), inputs.get(UPSCALE_METHOD))));
    }

    private record Shrinking(int where, double factor, double start, double end, boolean afterSkip, String down, String up)
            implements NetworkPatch {

        @Override
        public Tensor afterInput(Pass pass, int block, Tensor h) {
            return afterSkip ? h : shrunk(pass, block, h);
        }

        @Override
        public Tensor afterSkip(Pass pass, int block, Tensor h) {
            return afterSkip ? shrunk(pass, block, h) : h;
        }

        private Tensor shrunk(Pass pass, int block, Tensor h) {
            return block == where && pass.sigma() <= start && pass.sigma() >= end
                    ? resized(h, Math.rint(h.size(3) * (1 / factor)), Math.rint(h.size(2) * (1 / factor)), down)
                    : h;
        }

        @Override
        public Joint beforeOutput(Pass pass, int block, Joint joint) {
            var skip = joint.skip();
            return joint.h().size(2) == skip.size(2) ? joint : new Joint(resized(joint.h(), skip.size(3), skip.size(2), up), skip);
        }

        private static Tensor resized(Tensor h, double width, double height, String method) {
            return Resize.resize(h, (int) width, (int) height, method, "disabled");
        }
    }
}
