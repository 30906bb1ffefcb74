package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/** What a network's output means, where noise is added to the picture. */
public enum Prediction {
    /** The noise (Ho et al. 2020). */
    NOISE {
        @Override
        Tensor denoised(Tensor output, Tensor x, float sigma, DiffusionSampling sampling) {
            return x.sub(output.mul(sigma));
        }
    },
    /** A mix of noise and picture (Salimans and Ho 2022, "Progressive Distillation for Fast Sampling of Diffusion Models", appendix D). */
    VELOCITY {
        @Override
        Tensor denoised(Tensor output, Tensor x, float sigma, DiffusionSampling sampling) {
            return preconditioned(output, x, sigma, sampling, -1);
        }
    },
    /** The same mix of the other sign (Karras et al. 2022, table 1). */
    EDM {
        @Override
        Tensor denoised(Tensor output, Tensor x, float sigma, DiffusionSampling sampling) {
            return preconditioned(output, x, sigma, sampling, 1);
        }
    },
    /** The picture. */
    PICTURE {
        @Override
        Tensor denoised(Tensor output, Tensor x, float sigma, DiffusionSampling sampling) {
            return output;
        }
    },
    /** The picture, by networks that take their input as it is. */
    PICTURE_FROM_PICTURE {
        @Override
        Tensor networkInput(Tensor x, float sigma, DiffusionSampling sampling) {
            return x;
        }

        @Override
        Tensor denoised(Tensor output, Tensor x, float sigma, DiffusionSampling sampling) {
            return output;
        }
    },
    /** The noise, by latent consistency models (Luo et al. 2023, section 4.2). */
    CONSISTENCY {
        @Override
        Tensor denoised(Tensor output, Tensor x, float sigma, DiffusionSampling sampling) {
            double deviation = 0.5;
            double scaled = 10.0 * sampling.timestep(sigma);
            double variance = scaled * scaled + deviation * deviation;
            var picture = x.sub(output.mul(sigma));
            return picture.mul(scaled / Math.sqrt(variance)).add(x.mul(deviation * deviation / variance));
        }
    },
    /** A flow, by networks that are told the noise's share (Cosmos, NVIDIA 2025). */
    FLOW_OF_SHARE {
        @Override
        Tensor networkInput(Tensor x, float sigma, DiffusionSampling sampling) {
            return x.div(sigma + 1.0);
        }

        @Override
        Tensor denoised(Tensor output, Tensor x, float sigma, DiffusionSampling sampling) {
            return x.div(sigma + 1.0).sub(output.mul(sigma / (sigma + 1.0)));
        }

        @Override
        Tensor addNoise(Tensor latents, Tensor noise, float sigma, boolean full) {
            return noise.mul(sigma).add(latents);
        }
    };

    private static Tensor preconditioned(Tensor output, Tensor x, float sigma, DiffusionSampling sampling, int sign) {
        double deviation = sampling.deviation();
        double variance = (double) sigma * sigma + deviation * deviation;
        return x.mul(deviation * deviation / variance).add(output.mul(sign * sigma * deviation / Math.sqrt(variance)));
    }

    Tensor networkInput(Tensor x, float sigma, DiffusionSampling sampling) {
        return x.div(Math.sqrt((double) sigma * sigma + sampling.deviation() * sampling.deviation()));
    }

    abstract Tensor denoised(Tensor output, Tensor x, float sigma, DiffusionSampling sampling);

    Tensor addNoise(Tensor latents, Tensor noise, float sigma, boolean full) {
        return noise.mul(full ? Math.sqrt(1 + (double) sigma * sigma) : sigma).add(latents);
    }
}
