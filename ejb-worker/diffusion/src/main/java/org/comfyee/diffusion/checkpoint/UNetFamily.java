package org.comfyee.diffusion.checkpoint;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.comfyee.diffusion.model.ContinuousSchedule;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.DiscreteSchedule;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.model.PictureInput;
import org.comfyee.diffusion.model.Prediction;
import org.comfyee.diffusion.text.ClipUse;
import org.comfyee.diffusion.text.DualTextEncoder;
import org.comfyee.diffusion.text.MissingTextEncoder;
import org.comfyee.diffusion.text.SingleTextEncoder;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.unet.NoiseAugmentation;
import org.comfyee.diffusion.unet.PictureConditioning;
import org.comfyee.diffusion.unet.SizeConditioning;
import org.comfyee.diffusion.unet.UNet;
import org.comfyee.diffusion.unet.UpscaleConditioning;

/** The families of models that are built around a U-Net, told apart by the shapes of its weights. */
enum UNetFamily {
    SD1, SD2, SD2_UPSCALER, SDXL, SDXL_REFINER;

    private static final int LATENT_CHANNELS = 4;
    /** Of colours, not of latents. */
    private static final int WITH_SMALL_PICTURE = LATENT_CHANNELS + 3;
    private static final int WITH_PICTURE = 2 * LATENT_CHANNELS;
    private static final int WITH_PICTURE_AND_MASK = WITH_PICTURE + 1;
    private static final Set<Long> KNOWN_CHANNELS = new TreeSet<>(Set.of(
            (long) LATENT_CHANNELS, (long) WITH_SMALL_PICTURE, (long) WITH_PICTURE, (long) WITH_PICTURE_AND_MASK));
    /** SD 2.x networks that predict velocity have biases that vary more than this here. */
    private static final String VELOCITY_SIGN = "output_blocks.11.1.transformer_blocks.0.norm1.bias";
    private static final double VELOCITY_DEVIATION = 0.09;
    /** Marks SDXL networks that predict velocity over continuous sigmas, and tells the largest. */
    private static final String CONTINUOUS_SIGN = "edm_vpred.sigma_max";

    /**
     * @param file to be named if the family is not known
     */
    static UNetFamily of(String file, Weights unet) throws CheckpointException {
        if (!unet.has("input_blocks.0.0.weight")) {
            throw new CheckpointException("Could not detect model type of: " + file
                    + " (it has neither the weights of a U-Net, such as input_blocks.0.0.weight, nor those of Flux or Stable Diffusion 3)");
        }
        long channels = unet.size("input_blocks.0.0.weight", 1);
        if (!KNOWN_CHANNELS.contains(channels)) {
            throw unknown(file, "has " + channels + " input channels; expected one of " + KNOWN_CHANNELS);
        }
        if (unet.names().stream().anyMatch(name -> name.contains("time_stack"))) {
            throw unknown(file, "makes video, which is not supported");
        }
        if (channels == WITH_SMALL_PICTURE) {
            if (!unet.has("label_emb.weight")) {
                throw unknown(file, "sees a small picture but knows no levels of noise: no known family is like that");
            }
            return SD2_UPSCALER;
        }
        if (!unet.has("label_emb")) {
            // Any of them: small networks may leave the text out at their highest resolution.
            var projection = unet.names().stream().filter(name -> name.endsWith(".proj_in.weight")).findFirst()
                    .orElseThrow(() -> unknown(file, "has neither a label nor attention: no known family is like that"));
            return unet.get(projection).shape().length == 4 ? SD1 : SD2;
        }
        // SDXL and its refiner leave the text out at the highest resolution; the refiner leaves it out at the lowest too.
        if (unet.has("input_blocks.1.1.transformer_blocks")) {
            // Also guided by pictures.
            return SD2;
        }
        var last = "input_blocks." + (unet.count("input_blocks") - 1);
        return unet.has(last + ".1.transformer_blocks") ? SDXL : SDXL_REFINER;
    }

    private static CheckpointException unknown(String file, String reason) {
        return new CheckpointException("Could not detect model type of: " + file + " (its U-Net " + reason + ")");
    }

    /** @param root where a file's marks of a special training lie, such as {@code v_pred} */
    DiffusionModel model(Weights unet, Weights root) {
        var model = withoutPicture(unet, root);
        return switch ((int) unet.size("input_blocks.0.0.weight", 1)) {
            case WITH_PICTURE_AND_MASK -> model.withFamily(PictureInput.inpainting(model.family(), model.latentFormat()));
            // SDXL sees pictures in its own units where it was trained over continuous sigmas (CosXL Edit).
            case WITH_PICTURE -> model.withFamily(PictureInput.instructed(
                    model.family(), Optional.of(LatentFormat.SDXL).filter(_ -> this == SDXL && root.has(CONTINUOUS_SIGN))));
            default -> model;
        };
    }

    private DiffusionModel withoutPicture(Weights unet, Weights root) {
        var source = new NetworkSource(unet, UNet::new);
        return switch (this) {
            case SD1 -> new DiffusionModel(source, ModelFamily.TEXT_ONLY, DiffusionSampling.STABLE_DIFFUSION, LatentFormat.SD15);
            case SD2 -> new DiffusionModel(source, sd2Family(unet, root),
                    new DiffusionSampling(
                            predictsVelocity(unet) ? Prediction.VELOCITY : Prediction.NOISE, DiscreteSchedule.STABLE_DIFFUSION),
                    LatentFormat.SD15);
            case SD2_UPSCALER -> new DiffusionModel(source, new UpscaleConditioning(),
                    new DiffusionSampling(Prediction.VELOCITY, DiscreteSchedule.UPSCALER), LatentFormat.UPSCALER);
            case SDXL -> new DiffusionModel(source, SizeConditioning.base(labelSize(unet)), sdxlSampling(root), sdxlFormat(root));
            case SDXL_REFINER ->
                new DiffusionModel(source, SizeConditioning.refiner(labelSize(unet)), sdxlSampling(root), sdxlFormat(root));
        };
    }

    private static ModelFamily sd2Family(Weights unet, Weights root) {
        return unet.has("label_emb")
                ? new PictureConditioning(new NoiseAugmentation(root.at("noise_augmentor")), labelSize(unet))
                : ModelFamily.TEXT_ONLY;
    }

    private static long labelSize(Weights unet) {
        return unet.size("label_emb.0.0.weight", 1);
    }

    private static boolean predictsVelocity(Weights unet) {
        // Those that see a picture too predict noise, whatever their biases are.
        return unet.size("input_blocks.0.0.weight", 1) == LATENT_CHANNELS
                && unet.find(VELOCITY_SIGN).map(bias -> deviation(bias.get().toFloats()) > VELOCITY_DEVIATION).orElse(false);
    }

    private static double deviation(float[] values) {
        double mean = 0;
        for (float value : values) {
            mean += value / (double) values.length;
        }
        double variance = 0;
        for (float value : values) {
            variance += (value - mean) * (value - mean) / values.length;
        }
        return Math.sqrt(variance);
    }

    /** Marks in the file tell what an SDXL network was trained to predict, and over which sigmas. */
    private static ModelSampling sdxlSampling(Weights root) {
        if (isPlayground(root)) {
            return new DiffusionSampling(Prediction.EDM, ContinuousSchedule.logarithmic(0.002, 80), 0.5);
        }
        if (root.has(CONTINUOUS_SIGN)) {
            double min = root.find("edm_vpred.sigma_min").map(mark -> mark.get().item()).orElse(0.002);
            double max = root.get(CONTINUOUS_SIGN).get().item();
            return new DiffusionSampling(Prediction.VELOCITY, ContinuousSchedule.logarithmic(min, max));
        }
        if (!root.has("v_pred")) {
            return DiffusionSampling.STABLE_DIFFUSION;
        }
        var schedule = root.has("ztsnr") ? DiscreteSchedule.ZERO_TERMINAL : DiscreteSchedule.STABLE_DIFFUSION;
        return new DiffusionSampling(Prediction.VELOCITY, schedule);
    }

    private static LatentFormat sdxlFormat(Weights root) {
        return isPlayground(root) ? LatentFormat.PLAYGROUND : LatentFormat.SDXL;
    }

    private static boolean isPlayground(Weights root) {
        return root.has("edm_mean") && root.has("edm_std");
    }

    /** @param root of a checkpoint */
    TextEncoder text(String file, Weights root) {
        return switch (this) {
            case SD1 -> single(ClipUse.SD1_L, file, root, "cond_stage_model.transformer");
            case SD2, SD2_UPSCALER -> single(ClipUse.SD2_H, file, root, "cond_stage_model.model", "conditioner.embedders.0.model");
            case SDXL -> dual(file, root, "conditioner.embedders.0.transformer", "conditioner.embedders.1.model");
            case SDXL_REFINER -> single(ClipUse.SDXL_G, file, root, "conditioner.embedders.0.model");
        };
    }

    private static TextEncoder single(ClipUse use, String file, Weights root, String... places) {
        return Arrays.stream(places).filter(root::has).findFirst()
                .<TextEncoder>map(place -> new SingleTextEncoder(use, root.at(place)))
                .orElseGet(() -> MissingTextEncoder.in(file, places));
    }

    private static TextEncoder dual(String file, Weights root, String first, String second) {
        return root.has(first) && root.has(second)
                ? new DualTextEncoder(root.at(first), root.at(second))
                : MissingTextEncoder.in(file, root.has(first) ? second : first);
    }
}
