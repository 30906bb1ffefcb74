package org.comfyee.nodes;

import org.comfyee.diffusion.control.ControlNet;
import org.comfyee.diffusion.gligen.Gligen;
import org.comfyee.diffusion.hook.Hooks;
import org.comfyee.diffusion.hook.Keyframes;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.Guider;
import org.comfyee.diffusion.sampling.SamplingMethod;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.upscale.UpscaleModel;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.diffusion.vision.ClipVisionModel;
import org.comfyee.diffusion.vision.ClipVisionOutput;
import org.comfyee.diffusion.vision.StyleModel;
import org.comfyee.nodes.image.Svg;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.DataType;

/** The values that travel between the built-in nodes. */
public final class Types {
    public static final DataType<DiffusionModel> MODEL = new DataType<>("MODEL", DiffusionModel.class);
    public static final DataType<TextEncoder> CLIP = new DataType<>("CLIP", TextEncoder.class);
    public static final DataType<VaeModel> VAE = new DataType<>("VAE", VaeModel.class);
    public static final DataType<Conditioning> CONDITIONING = new DataType<>("CONDITIONING", Conditioning.class);
    public static final DataType<Latent> LATENT = new DataType<>("LATENT", Latent.class);
    /** Pictures, {@code [batch, height, width, channels]} float32, 0 to 1. */
    public static final DataType<Tensor> IMAGE = new DataType<>("IMAGE", Tensor.class);
    /** {@code [batch, height, width]} float32, 1 where the mask covers. */
    public static final DataType<Tensor> MASK = new DataType<>("MASK", Tensor.class);
    public static final DataType<Guider> GUIDER = new DataType<>("GUIDER", Guider.class);
    public static final DataType<SamplingMethod> SAMPLER = new DataType<>("SAMPLER", SamplingMethod.class);
    /** Falling sigmas, one more than there are steps; never changed. */
    public static final DataType<float[]> SIGMAS = new DataType<>("SIGMAS", float[].class);
    public static final DataType<Gligen> GLIGEN = new DataType<>("GLIGEN", Gligen.class);
    public static final DataType<LatentOperation> LATENT_OPERATION = new DataType<>("LATENT_OPERATION", LatentOperation.class);
    public static final DataType<LatentNoise> NOISE = new DataType<>("NOISE", LatentNoise.class);
    public static final DataType<ControlNet> CONTROL_NET = new DataType<>("CONTROL_NET", ControlNet.class);
    public static final DataType<Hooks> HOOKS = new DataType<>("HOOKS", Hooks.class);
    public static final DataType<Keyframes> HOOK_KEYFRAMES = new DataType<>("HOOK_KEYFRAMES", Keyframes.class);
    public static final DataType<TimestepsRange> TIMESTEPS_RANGE = new DataType<>("TIMESTEPS_RANGE", TimestepsRange.class);
    public static final DataType<Svg> SVG = new DataType<>("SVG", Svg.class);
    public static final DataType<UpscaleModel> UPSCALE_MODEL = new DataType<>("UPSCALE_MODEL", UpscaleModel.class);
    public static final DataType<ClipVisionModel> CLIP_VISION = new DataType<>("CLIP_VISION", ClipVisionModel.class);
    public static final DataType<ClipVisionOutput> CLIP_VISION_OUTPUT = new DataType<>("CLIP_VISION_OUTPUT", ClipVisionOutput.class);
    public static final DataType<StyleModel> STYLE_MODEL = new DataType<>("STYLE_MODEL", StyleModel.class);
    /** The largest side of a picture in pixels. */
    public static final int MAX_RESOLUTION = 16384;

    private Types() {}
}
