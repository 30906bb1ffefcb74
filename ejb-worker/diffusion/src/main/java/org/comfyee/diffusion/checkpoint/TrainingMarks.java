package org.comfyee.diffusion.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.model.ContinuousSchedule;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.DiscreteSchedule;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.diffusion.model.Prediction;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.safetensors.SafetensorsWriter;

/** What a file says of how its network was trained. */
final class TrainingMarks {
    private TrainingMarks() {}

    /** Tensors whose names, and some whose values, tell a network that predicts velocity. */
    static Map<String, SafetensorsWriter.Source> tensors(ModelSampling sampling) {
        var marks = new LinkedHashMap<String, SafetensorsWriter.Source>();
        if (!(sampling instanceof DiffusionSampling diffusion) || diffusion.prediction() != Prediction.VELOCITY) {
            return marks;
        }
        if (diffusion.schedule() instanceof ContinuousSchedule) {
            marks.put("edm_vpred.sigma_max", number(sampling.sigmaMax()));
            marks.put("edm_vpred.sigma_min", number(sampling.sigmaMin()));
        }
        marks.put("v_pred", nothing());
        if (diffusion.schedule() == DiscreteSchedule.ZERO_TERMINAL) {
            marks.put("ztsnr", nothing());
        }
        return marks;
    }

    static Optional<String> predictKey(ModelSampling sampling) {
        if (!(sampling instanceof DiffusionSampling diffusion)) {
            return Optional.empty();
        }
        return switch (diffusion.prediction()) {
            case NOISE -> Optional.of("epsilon");
            case VELOCITY -> Optional.of("v");
            default -> Optional.empty();
        };
    }

    private static SafetensorsWriter.Source number(float value) {
        return SafetensorsWriter.source(Tensor.scalar(value).to(ScalarType.FLOAT32));
    }

    private static SafetensorsWriter.Source nothing() {
        return SafetensorsWriter.source(Tensor.of(new float[0], 0));
    }
}
