package org.comfyee.nodes;

import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.Network;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.torch.Tensor;

/** A model whose network is a formula: the noise is 0.1 of its input plus the first number of the text. */
final class ToyModel {
    private static final Network FORMULA =
            input -> input.x().mul(0.1).add(input.get(TensorSlot.CONTEXT).narrow(1, 0, 1).narrow(2, 0, 1).unsqueeze(3));

    static final DiffusionModel MODEL = new DiffusionModel(
            new NetworkSource(Weights.of(Map.of()), _ -> FORMULA), ModelFamily.TEXT_ONLY,
            DiffusionSampling.STABLE_DIFFUSION, LatentFormat.SD15);

    private ToyModel() {}

    static Conditioning text(double number) {
        return Conditioning.of(Tensor.of(new float[] {(float) number, 0}, 1, 1, 2), Tensor.of(new float[] {0}, 1, 1));
    }

    /** The last patch of a model, started. */
    static ModelPatch.Hooks started(DiffusionModel model, float... sigmas) {
        return model.patches().getLast().start(new ModelPatch.Run(model.sampling(), sigmas, () -> {
            throw new UnsupportedOperationException("nothing here is left to chance");
        }));
    }

    static GuidancePatch guidance(DiffusionModel model) {
        return started(model, 1, 0).guidance().orElseThrow();
    }

    /** What mixing comes to, the changes before and after it among it. */
    static Tensor guided(DiffusionModel model, GuidanceStep step) {
        var patch = model.patches().isEmpty() ? new GuidancePatch() {} : guidance(model);
        var prepared = patch.before(step);
        return patch.after(prepared, model.guidance().mix(prepared));
    }

    /** Answers further questions by functions of x. */
    static GuidanceStep step(Tensor x, float sigma, Tensor wanted, Tensor unwanted, double scale, Answers answers) {
        return new GuidanceStep(x, sigma, wanted, unwanted, scale, true, true, new GuidanceStep.Questions() {
            @Override
            public Tensor wanted(Tensor asked, NetworkPatch... further) {
                return answers.answer("wanted", asked, List.of(further));
            }

            @Override
            public Tensor unwanted(Tensor asked, NetworkPatch... further) {
                return answers.answer("unwanted", asked, List.of(further));
            }

            @Override
            public Tensor other(Conditioning conditioning, Tensor asked) {
                return answers.answer("other", asked, List.of());
            }
        });
    }

    @FunctionalInterface
    interface Answers {
        Tensor answer(String text, Tensor x, List<NetworkPatch> further);
    }
}
