package org.comfyee.diffusion.checkpoint;

import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.safetensors.SafetensorsFile;

/**
 * A weight of a model. Stays in its file until it is first used; then it is turned into float32, the type that a CPU
 * computes with, and kept. Safe for use by several threads.
 */
public final class Parameter {
    private final SafetensorsFile file;
    private final String name;
    private volatile Tensor value;

    Parameter(SafetensorsFile file, String name) {
        this.file = file;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public long[] shape() {
        return file.shape(name);
    }

    /** The weight in float32. */
    public Tensor get() {
        var known = value;
        if (known == null) {
            known = load();
        }
        return known;
    }

    private synchronized Tensor load() {
        if (value == null) {
            try (var scope = new TensorScope()) {
                value = TensorScope.escape(converted());
            }
            // The pages of the file count as used memory until they are given back.
            file.unload(name);
        }
        return value;
    }

    private Tensor converted() {
        var stored = file.tensor(name);
        var converted = stored.to(ScalarType.FLOAT32);
        // Convolutions are fastest when the channels of a pixel lie side by side.
        return stored.dim() == 4 ? converted.channelsLast() : converted;
    }

    /**
     * Some rows of a table in float32, for the current scope.
     *
     * @param rows their numbers, int64
     */
    public Tensor rows(Tensor rows) {
        return file.tensor(name).indexSelect(0, rows).to(ScalarType.FLOAT32);
    }

    /** The weight in float32, made anew for the current scope: for weights that are rarely used. */
    public Tensor borrow() {
        return file.tensor(name).to(ScalarType.FLOAT32);
    }
}
