package org.comfyee.diffusion.checkpoint;

import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.text.OpenClipLayout;
import org.comfyee.diffusion.text.TextPart;

/** Where the first checkpoints of a family hold what is no diffusion network. */
enum FamilyLayout {
    SD1, SD2, SD2_UPSCALER, SDXL, SDXL_REFINER, SD3, FLUX;

    /** @param file to be named if the network is of an unknown kind */
    static FamilyLayout of(String file, Weights network) throws CheckpointException {
        var transformer = TransformerFamily.of(network);
        return transformer.isPresent() ? valueOf(transformer.get().name()) : valueOf(UNetFamily.of(file, network).name());
    }

    String vaePrefix() {
        return this == FLUX ? "vae." : "first_stage_model.";
    }

    String textPrefix(TextPart part) {
        return switch (this) {
            case SD1 -> "cond_stage_model.transformer.";
            case SD2, SD2_UPSCALER -> "cond_stage_model.model.";
            case SDXL -> part == TextPart.CLIP_L ? "conditioner.embedders.0.transformer." : "conditioner.embedders.1.model.";
            case SDXL_REFINER -> "conditioner.embedders.0.model.";
            case SD3, FLUX -> "text_encoders." + part.file() + ".transformer.";
        };
    }

    /** The weights of a part under the names that the family gives them. */
    Weights textLayout(TextPart part, Weights weights) {
        boolean open = this == SD2 || this == SD2_UPSCALER || this == SDXL_REFINER || this == SDXL && part != TextPart.CLIP_L;
        return open ? OpenClipLayout.fromHuggingFace(weights) : weights;
    }

    /** What Stability's model metadata standard says of a file of the family; nothing for those that it has no name for here. */
    Map<String, String> specification(String title) {
        return architecture().map(name -> Map.of("modelspec.architecture", name, "modelspec.sai_model_spec", "1.0.0",
                "modelspec.implementation", "sgm", "modelspec.title", title)).orElse(Map.of());
    }

    private Optional<String> architecture() {
        return switch (this) {
            case SDXL -> Optional.of("stable-diffusion-xl-v1-base");
            case SDXL_REFINER -> Optional.of("stable-diffusion-xl-v1-refiner");
            case SD3 -> Optional.of("stable-diffusion-v3-medium");
            case SD1, SD2, SD2_UPSCALER, FLUX -> Optional.empty();
        };
    }
}
