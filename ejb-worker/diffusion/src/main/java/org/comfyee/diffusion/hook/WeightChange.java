package org.comfyee.diffusion.hook;

import org.comfyee.diffusion.adapter.Lora;
import org.comfyee.diffusion.adapter.Merge;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;

/** What a hook does to the weights of models. */
public sealed interface WeightChange {

    /**
     * @param model to be changed; it stays as it is
     * @param original without the changes of other hooks
     * @throws CheckpointException if the change is incomplete
     */
    DiffusionModel apply(DiffusionModel model, DiffusionModel original, double strength) throws CheckpointException;

    /** As for models. */
    TextEncoder apply(TextEncoder text, TextEncoder original, double strength) throws CheckpointException;

    /** The changes of a file. */
    record OfLora(Lora lora) implements WeightChange {
        @Override
        public DiffusionModel apply(DiffusionModel model, DiffusionModel original, double strength) throws CheckpointException {
            return lora.applyTo(model, strength);
        }

        @Override
        public TextEncoder apply(TextEncoder text, TextEncoder original, double strength) throws CheckpointException {
            return lora.applyTo(text, strength);
        }
    }

    /** What other models have more than the original ones. */
    record OfModels(DiffusionModel otherModel, TextEncoder otherText) implements WeightChange {
        @Override
        public DiffusionModel apply(DiffusionModel model, DiffusionModel original, double strength) {
            return Merge.towards(model, original, otherModel, strength);
        }

        @Override
        public TextEncoder apply(TextEncoder text, TextEncoder original, double strength) {
            return Merge.towards(text, original, otherText, strength);
        }
    }
}
