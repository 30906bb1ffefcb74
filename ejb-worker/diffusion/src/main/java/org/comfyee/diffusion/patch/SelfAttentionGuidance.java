package org.comfyee.diffusion.patch;

import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * Guidance away from what the model makes of a picture that is blurred where its own attention was drawn (Hong et al. 2023,
 * "Improving Sample Quality of Diffusion Models Using Self-Attention Guidance"). Lives for one sampling.
 */
public final class SelfAttentionGuidance implements NetworkPatch, GuidancePatch {
    private static final int KERNEL = 9;
    private static final double THRESHOLD = 1;

    private final double scale;
    private final double blur;
    private float[] attention = new float[0];
    private long items;

    /** @param blur standard deviation in cells of the latents */
    public SelfAttentionGuidance(double scale, double blur) {
        this.scale = scale;
        this.blur = blur;
    }

    @Override
    public boolean needsUnwanted() {
        return true;
    }

    /** Takes down what the middle block looks at without the wanted text. */
    @Override
    public Optional<Tensor> attend(Pass pass, AttentionPlace place, AttentionInputs projected) {
        int unwanted = pass.conditionings().indexOf(1);
        if (!place.isSelf(Section.MIDDLE, 0) || place.depth() != 0 || unwanted < 0) {
            return Optional.empty();
        }
        var query = projected.query();
        long size = query.size(2) / place.heads();
        items = query.size(0) / pass.conditionings().size();
        var products = heads(query, place.heads()).matmul(heads(projected.key(), place.heads()).transpose(2, 3));
        var scores = products.div(Math.sqrt(size)).softmax(3);
        attention = scores.narrow(0, unwanted * items, items).mean(1, false).sum(1, false).contiguous().toFloats();
        var attended = scores.matmul(heads(projected.value(), place.heads()));
        return Optional.of(attended.transpose(1, 2).reshape(query.size(0), query.size(1), query.size(2)));
    }

    private static Tensor heads(Tensor x, int heads) {
        return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }

    @Override
    public Tensor after(GuidanceStep step, Tensor guided) {
        // Smaller maps cannot be padded for the blur.
        if (Math.min(guided.size(2), guided.size(3)) <= KERNEL / 2 || attention.length == 0) {
            return guided;
        }
        var degraded = degraded(step.unwanted());
        var guess = step.questions().unwanted(degraded.add(step.x()).sub(step.unwanted()));
        return guided.add(degraded.sub(guess).mul(scale));
    }

    /** Blurred where the attention to a pixel, summed over all that look, is more than even. */
    private Tensor degraded(Tensor picture) {
        long height = picture.size(2);
        long width = picture.size(3);
        int tokens = attention.length / (int) items;
        int rows = rows(tokens, height, width);
        var mask = Tensor.of(attention, items, 1, rows, tokens / rows).gt(THRESHOLD).to(picture.dtype()).upsampleNearest(height, width);
        return blurred(picture).mul(mask).add(picture.mul(mask.neg().add(1)));
    }

    /** The divisor of the number of tokens that is nearest to how many rows a map of this shape should have. */
    private static int rows(int tokens, long height, long width) {
        int wanted = Math.max(1, (int) Math.rint(Math.sqrt((double) height / width * tokens)));
        for (int i = 0; i < tokens; i++) {
            if (tokens % (wanted + i) == 0) {
                return wanted + i;
            }
            if (tokens % Math.max(1, wanted - i) == 0) {
                return Math.max(1, wanted - i);
            }
        }
        throw new IllegalStateException("no rectangle has " + tokens + " tokens");
    }

    private Tensor blurred(Tensor x) {
        if (blur == 0) {
            return x;
        }
        int half = KERNEL / 2;
        var kernel = new float[KERNEL];
        double sum = 0;
        for (int i = 0; i < KERNEL; i++) {
            sum += Math.exp(-0.5 * (i - half) * (i - half) / (blur * blur));
        }
        for (int i = 0; i < KERNEL; i++) {
            kernel[i] = (float) (Math.exp(-0.5 * (i - half) * (i - half) / (blur * blur)) / sum);
        }
        var line = Tensor.of(kernel, KERNEL);
        var plane = line.reshape(1, 1, KERNEL, 1).mul(line.reshape(1, 1, 1, KERNEL));
        var maps = x.reshape(x.size(0) * x.size(1), 1, x.size(2), x.size(3)).pad("reflect", 0, half, half, half, half);
        return maps.conv2d(plane, null, 1, 0).reshape(x.shape());
    }
}
