package org.comfyee.diffusion.adapter;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.Set;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.checkpoint.WeightsFile;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.text.TextPart;

/**
 * Learnt changes of a diffusion model and its text encoder, in the formats of LoRA, LoCon, LoHa, LoKr, GLoRA, OFT, BOFT and
 * DoRA, as plain differences or as whole weights, under the names of kohya, diffusers, LyCORIS, OneTrainer and others.
 */
public final class Lora {
    private static final System.Logger LOG = System.getLogger(Lora.class.getName());
    /** Of names that are not known, so many are logged. */
    private static final int MOST_LOGGED = 10;

    private final String file;
    private final Weights weights;

    private Lora(String file, Weights weights) {
        this.file = file;
        this.weights = weights;
    }

    /**
     * @throws CheckpointException if it is a pickle
     * @throws IOException if it is no readable safetensors file
     */
    public static Lora open(Path path) throws IOException {
        return new Lora(path.getFileName().toString(), ControlLoraNames.generic(WeightsFile.open(path)));
    }

    /**
     * @param model absent if there was none
     * @param text absent if there was none
     */
    public record Patched(Optional<DiffusionModel> model, Optional<TextEncoder> text) {}

    /**
     * The models with this change. Theirs stay as they are; weights are computed when they are first used. Weights of the
     * file that belong to neither, and those that do not fit, are logged and left out.
     *
     * @throws CheckpointException if the file holds only a part of an adapter
     */
    public Patched apply(Optional<DiffusionModel> model, double modelStrength, Optional<TextEncoder> text, double textStrength) throws CheckpointException {
        var reader = new AdapterReader(weights);
        var patched = complete(() -> new Patched(
                model.map(each -> patched(each, reader, modelStrength)), text.map(each -> patched(each, reader, textStrength))));
        logUnused(reader.unused());
        return patched;
    }

    /**
     * The model with the part of this change that is for it; what is not is left out silently.
     *
     * @throws CheckpointException if the file holds only a part of an adapter
     */
    public DiffusionModel applyTo(DiffusionModel model, double strength) throws CheckpointException {
        return complete(() -> patched(model, new AdapterReader(weights), strength));
    }

    /** As {@link #applyTo(DiffusionModel, double)}. */
    public TextEncoder applyTo(TextEncoder text, double strength) throws CheckpointException {
        return complete(() -> patched(text, new AdapterReader(weights), strength));
    }

    private <T> T complete(Supplier<T> patching) throws CheckpointException {
        try {
            return patching.get();
        } catch (NoSuchElementException e) {
            throw new CheckpointException(file + " is incomplete: " + e.getMessage());
        }
    }

    private static DiffusionModel patched(DiffusionModel model, AdapterReader reader, double strength) {
        var patch = new Patch(reader.read(NetworkNames.of(model.source().weights())));
        return model.withWeights(network -> patch.applied(network, strength));
    }

    private static TextEncoder patched(TextEncoder text, AdapterReader reader, double strength) {
        var parts = text.parts();
        var changed = new HashMap<TextPart, Weights>();
        parts.forEach((part, each) ->
                changed.put(part, new Patch(reader.read(TextNames.of(part, each, parts.keySet()))).applied(each, strength)));
        return text.withParts(changed);
    }

    private void logUnused(Set<String> names) {
        if (!names.isEmpty()) {
            LOG.log(Level.WARNING, () -> file + ": " + names.size() + " weights are for no part of the model, such as "
                    + names.stream().limit(MOST_LOGGED).toList());
        }
    }
}
