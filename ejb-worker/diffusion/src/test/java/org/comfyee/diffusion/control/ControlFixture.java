package org.comfyee.diffusion.control;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.torch.safetensors.SafetensorsWriter;

/** Files of control networks, and models that they steer. */
final class ControlFixture {
    private ControlFixture() {}

    /** Weights that are a function of their names. */
    static Path synthetic(Path file, Map<String, long[]> shapes) throws IOException {
        var json = shapes.entrySet().stream()
                .map(each -> "\"" + each.getKey() + "\":" + Arrays.toString(each.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        SyntheticCheckpoint.write(file, new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
        return file;
    }

    /** A file of chosen weights. */
    static Path chosen(Path file, Map<String, Tensor> tensors) throws IOException {
        SafetensorsWriter.write(file, tensors, Map.of());
        return file;
    }

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

    static Map<String, Tensor> copy(Path file) throws IOException {
        var stored = SafetensorsFile.open(file);
        var tensors = new LinkedHashMap<String, Tensor>();
        stored.names().forEach(name -> tensors.put(name, stored.tensor(name)));
        return tensors;
    }
}
