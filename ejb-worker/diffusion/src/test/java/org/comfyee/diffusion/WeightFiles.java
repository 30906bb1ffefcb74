package org.comfyee.diffusion;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.torch.safetensors.SafetensorsWriter;

/** Files of a few weights. */
public final class WeightFiles {
    private WeightFiles() {}

    /** @return the file */
    public static Path write(Path file, Map<String, Tensor> tensors) throws IOException {
        SafetensorsWriter.write(file, tensors, Map.of());
        return file;
    }

    /** All tensors of a file, for the current scope. */
    public static Map<String, Tensor> read(Path file) throws IOException {
        var stored = SafetensorsFile.open(file);
        var tensors = new LinkedHashMap<String, Tensor>();
        stored.names().forEach(name -> tensors.put(name, stored.tensor(name)));
        return tensors;
    }

    /**
     * A copy with other names.
     *
     * @param rename leaves out what gets an empty name
     * @return the copy
     */
    public static Path renamed(Path file, Path copy, UnaryOperator<String> rename) throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        read(file).forEach((name, tensor) -> {
            var renamed = rename.apply(name);
            if (!renamed.isEmpty()) {
                tensors.put(renamed, tensor);
            }
        });
        return write(copy, tensors);
    }

    /** Weights that are a function of their names. */
    public static Path synthetic(Path file, Map<String, long[]> shapes) throws IOException {
        var json = shapes.entrySet().stream()
                .map(each -> "\"" + each.getKey() + "\":" + Arrays.toString(each.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
        SyntheticCheckpoint.write(file, new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
        return file;
    }
}
