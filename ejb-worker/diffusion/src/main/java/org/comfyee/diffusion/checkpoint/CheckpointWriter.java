package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.text.TextPart;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.safetensors.SafetensorsWriter;

/** Writes models with all their patches, in the layout of the family's first checkpoints; weights keep the type of their file. */
public final class CheckpointWriter {
    private CheckpointWriter() {}

    /**
     * @param title by which programs show the file
     * @param metadata texts to be kept in the file
     */
    public static void write(Path path, String title, DiffusionModel model, Optional<TextEncoder> text, Optional<VaeModel> vae,
            Map<String, String> metadata) throws IOException {
        var network = model.source().weights();
        var sources = new LinkedHashMap<String, SafetensorsWriter.Source>();
        add(sources, "model.diffusion_model.", network);
        var family = FamilyLayout.of(path.getFileName().toString(), network);
        text.ifPresent(each -> each.parts().forEach((part, weights) -> add(sources, family.textPrefix(part), family.textLayout(part, weights))));
        vae.flatMap(VaeModel::weights).ifPresent(weights -> add(sources, family.vaePrefix(), weights));
        sources.putAll(TrainingMarks.tensors(model.sampling()));
        var texts = new LinkedHashMap<>(family.specification(title));
        TrainingMarks.predictKey(model.sampling()).ifPresent(key -> texts.put("modelspec.predict_key", key));
        texts.putAll(metadata);
        SafetensorsWriter.writeSources(path, sources, texts);
    }

    /** Writes one part of a text encoder, CLIPs in the layout of Hugging Face. */
    public static void write(Path path, TextEncoder text, TextPart part, Map<String, String> metadata) throws IOException {
        write(path, text.parts().get(part), metadata);
    }

    /** Writes an autoencoder. */
    public static void write(Path path, VaeModel vae, Map<String, String> metadata) throws IOException {
        write(path, vae.weights().orElseThrow(() -> new CheckpointException("this autoencoder is not that of a diffusion model and cannot be saved")),
                metadata);
    }

    private static void write(Path path, Weights weights, Map<String, String> metadata) throws IOException {
        var sources = new LinkedHashMap<String, SafetensorsWriter.Source>();
        add(sources, "", weights);
        SafetensorsWriter.writeSources(path, sources, metadata);
    }

    private static void add(Map<String, SafetensorsWriter.Source> sources, String prefix, Weights weights) {
        weights.names().forEach(name -> sources.put(prefix + name, new Stored(weights.get(name))));
    }

    /** A weight, computed when its turn comes. */
    private record Stored(Parameter parameter) implements SafetensorsWriter.Source {
        @Override
        public ScalarType type() {
            return parameter.type();
        }

        @Override
        public long[] shape() {
            return parameter.shape();
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            try (var _ = new TensorScope()) {
                SafetensorsWriter.source(parameter.inOwnType()).writeTo(out);
            }
        }
    }
}
