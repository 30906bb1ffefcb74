package org.comfyee.diffusion.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.safetensors.SafetensorsFile;

/** Files of control networks, and models that they steer. */
final class ControlFixture {
    private ControlFixture() {}

    /** A model of which only the weights count. */
    static DiffusionModel model(Path file) throws IOException {
        return new DiffusionModel(new NetworkSource(Weights.of(SafetensorsFile.open(file)), _ -> input -> input.x()), ModelFamily.TEXT_ONLY,
                FlowSampling.shifted(1, 1), LatentFormat.SD15);
    }

    /** What a control network says at full strength. */
    static ControlResiduals residuals(ControlNet net, Tensor picture, DiffusionModel model, Tensor x, Map<TensorSlot, Tensor> tensors) {
        return run(new AppliedControl(net, picture, 1, 0, 1, Optional.empty(), List.of(), Optional.empty()), model, x, tensors, 0.5f).orElseThrow();
    }

    static Optional<ControlResiduals> run(AppliedControl applied, DiffusionModel model, Tensor x, Map<TensorSlot, Tensor> tensors, float sigma) {
        return new ControlRun(applied, model).residuals(x, sigma, tensors, 1);
    }
}
