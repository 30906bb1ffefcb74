package org.comfyee.diffusion.hook;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.text.EncodedText;
import org.comfyee.diffusion.text.Embeddings;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.text.TextPart;

/**
 * A text encoder whose weights hooks change.
 *
 * @param hooked whether what is encoded holds the hooks, so that they count for the diffusion model too
 * @param scheduled whether a text is encoded anew for each range of the sampling in which the hooks' keyframes differ; otherwise
 *        keyframes do not count for the text
 */
public record HookedTextEncoder(TextEncoder plain, Hooks hooks, boolean hooked, boolean scheduled) implements TextEncoder {

    @Override
    public TextEncoder withLastLayer(int layer) {
        return with(plain.withLastLayer(layer));
    }

    @Override
    public TextEncoder unprojected() {
        return with(plain.unprojected());
    }

    @Override
    public TextEncoder withT5Padding(int padding, int shortest) {
        return with(plain.withT5Padding(padding, shortest));
    }

    @Override
    public TextEncoder withEmbeddings(Embeddings embeddings) {
        return with(plain.withEmbeddings(embeddings));
    }

    /** Without the hooks. */
    @Override
    public Map<TextPart, Weights> parts() {
        return plain.parts();
    }

    @Override
    public TextEncoder withParts(Map<TextPart, Weights> changed) {
        return with(plain.withParts(changed));
    }

    private TextEncoder with(TextEncoder changed) {
        return new HookedTextEncoder(changed, hooks, hooked, scheduled);
    }

    @Override
    public EncodedText encode(String prompt) {
        return at(0).encode(prompt);
    }

    @Override
    public EncodedText encode(Map<TextPart, String> prompts) {
        return at(0).encode(prompts);
    }

    @Override
    public Conditioning conditioning(Function<TextEncoder, EncodedText> encoding) {
        var conditioning = scheduled ? overRanges(encoding) : at(0).conditioning(encoding);
        return hooked ? hooks.addedTo(conditioning) : conditioning;
    }

    private Conditioning overRanges(Function<TextEncoder, EncodedText> encoding) {
        var bounds = new TreeSet<Double>();
        bounds.add(0.0);
        bounds.add(1.0);
        hooks.all().forEach(hook -> hook.keyframes().addChanges(bounds));
        var entries = new ArrayList<Conditioning.Entry>();
        for (double start : bounds.headSet(1.0)) {
            double end = bounds.higher(start);
            entries.addAll(at(start).conditioning(encoding)
                    .map(entry -> entry.with(Conditioning.TEXT_START_PERCENT, start).with(Conditioning.TEXT_END_PERCENT, end))
                    .entries());
        }
        return new Conditioning(entries);
    }

    /** The encoder with the hooks' strengths at a share of the sampling. */
    private TextEncoder at(double share) {
        var changed = plain;
        try {
            for (var hook : hooks.all()) {
                double strength = hook.textStrength() * (scheduled ? hook.keyframes().strengthAt(share) : 1);
                if (strength != 0) {
                    changed = hook.change().apply(changed, plain, strength);
                }
            }
        } catch (CheckpointException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        return changed;
    }
}
