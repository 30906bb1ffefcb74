package org.comfyee.diffusion.sampling;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.comfyee.diffusion.control.AppliedControl;
import org.comfyee.diffusion.gligen.Grounding;
import org.comfyee.diffusion.hook.Hooks;
import org.comfyee.diffusion.model.Area;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Tensor;

/**
 * An entry of a conditioning, made ready for latents of one shape.
 *
 * @param area where it counts, if not everywhere
 * @param mask {@code [batch, height, width]} in cells of the latents
 * @param start the sigma from which on it counts
 * @param end the sigma down to which it counts
 * @param tensors what the network is told of it
 */
record ConditioningPart(
        Conditioning.Entry entry, Optional<Area.Cells> area, Optional<Tensor> mask, float start, float end, Map<TensorSlot, Tensor> tensors) {
    /** Rectangles around masks are no smaller than this. */
    private static final int SMALLEST_BOUNDS = 8;
    /** How many cells the edge of an area fades over, at most. */
    private static final int WIDEST_FADE = 8;

    static ConditioningPart prepare(DiffusionModel model, Tensor latents, Conditioning.Entry entry) {
        long height = latents.size(2);
        long width = latents.size(3);
        var mask = entry.find(Conditioning.MASK).map(each -> resized(each, height, width));
        boolean toBounds = entry.find(Conditioning.AREA_TO_BOUNDS).orElse(false);
        var area = mask.isPresent() && toBounds
                ? Optional.of(bounds(mask.get()))
                : entry.find(Conditioning.AREA).map(each -> each.in(height, width));
        var sampling = model.sampling();
        double start = Stream.of(Conditioning.START_PERCENT, Conditioning.TEXT_START_PERCENT).flatMap(key -> entry.find(key).stream())
                .mapToDouble(sampling::percentToSigma).min().orElse(Double.POSITIVE_INFINITY);
        double end = Stream.of(Conditioning.END_PERCENT, Conditioning.TEXT_END_PERCENT).flatMap(key -> entry.find(key).stream())
                .mapToDouble(sampling::percentToSigma).max().orElse(Double.NEGATIVE_INFINITY);
        // As single precision has them: a range often begins or ends at the very sigma of a step.
        return new ConditioningPart(entry, area, mask, (float) start, (float) end, tensors(model, latents, entry));
    }

    private static Map<TensorSlot, Tensor> tensors(DiffusionModel model, Tensor latents, Conditioning.Entry entry) {
        var tensors = model.family().tensors(entry, latents);
        var text = entry.find(AppliedControl.TEXT);
        if (text.isEmpty()) {
            return tensors;
        }
        var more = new EnumMap<>(tensors);
        more.put(TensorSlot.CONTROL_CONTEXT, text.get());
        return more;
    }

    /** What the network is told for the part of the latents that it is asked for. */
    Tensor told(TensorSlot slot, Tensor x) {
        return slot.isPicture() ? crop(tensors.get(slot), cells(x)) : tensors.get(slot);
    }

    Optional<AppliedControl> control() {
        return entry.find(AppliedControl.KEY);
    }

    ConditioningPart withControl(AppliedControl control) {
        return new ConditioningPart(entry.with(AppliedControl.KEY, control), area, mask, start, end, tensors);
    }

    Hooks hooks() {
        return entry.find(Hooks.KEY).orElse(Hooks.NONE);
    }

    /** Whether it counts only where nothing else does. */
    boolean fills() {
        return entry.find(Conditioning.FILLS).orElse(false);
    }

    Optional<Grounding> grounding() {
        return entry.find(Grounding.KEY);
    }

    ConditioningPart withGrounding(Grounding grounding) {
        return new ConditioningPart(entry.with(Grounding.KEY, grounding), area, mask, start, end, tensors);
    }

    private static Tensor resized(Tensor mask, long height, long width) {
        var batched = mask.dim() == 2 ? mask.unsqueeze(0) : mask;
        return batched.size(1) == height && batched.size(2) == width
                ? batched
                : batched.unsqueeze(1).upsampleBilinear(height, width).squeeze(1);
    }

    /** The smallest rectangle around what any item of a mask covers. */
    private static Area.Cells bounds(Tensor mask) {
        var covered = mask.abs().amax(0, false).contiguous();
        int width = (int) covered.size(1);
        var values = covered.toFloats();
        int top = Integer.MAX_VALUE;
        int left = Integer.MAX_VALUE;
        int bottom = -1;
        int right = -1;
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0) {
                top = Math.min(top, i / width);
                bottom = Math.max(bottom, i / width);
                left = Math.min(left, i % width);
                right = Math.max(right, i % width);
            }
        }
        return bottom < 0
                ? new Area.Cells(SMALLEST_BOUNDS, SMALLEST_BOUNDS, 0, 0)
                : new Area.Cells(Math.max(SMALLEST_BOUNDS, bottom - top + 1), Math.max(SMALLEST_BOUNDS, right - left + 1), top, left);
    }

    boolean countsAt(float sigma) {
        return sigma <= start && sigma >= end;
    }

    /** The same text for another area, with what the network is told of another part. */
    ConditioningPart toldAs(ConditioningPart other) {
        return new ConditioningPart(entry, area, mask, start, end, other.tensors);
    }

    /** The part of the latents that it is asked for. */
    Area.Cells cells(Tensor x) {
        return area.map(each -> each.within(x.size(2), x.size(3))).orElse(new Area.Cells(x.size(2), x.size(3), 0, 0));
    }

    static Tensor crop(Tensor x, Area.Cells cells) {
        return x.narrow(2, cells.y(), cells.height()).narrow(3, cells.x(), cells.width());
    }

    /** Whether it is the only thing that counts wherever it is asked. */
    boolean countsEvenly() {
        return area.isEmpty() && mask.isEmpty() && strength() == 1;
    }

    private double strength() {
        return entry.find(Conditioning.STRENGTH).orElse(1.0);
    }

    /** How much it counts in each cell of its area, {@code [batch, channels, height, width]}. */
    Tensor weight(Tensor x) {
        var cells = cells(x);
        if (mask.isPresent()) {
            long items = Math.min(mask.get().size(0), x.size(0));
            var shown = crop(mask.get().narrow(0, 0, items).unsqueeze(1), cells).mul(entry.find(Conditioning.MASK_STRENGTH).orElse(1.0) * strength());
            return shown.repeat(x.size(0) / items, x.size(1), 1, 1);
        }
        var weight = crop(x, cells).mul(0).add(strength());
        if (area.isEmpty()) {
            return weight;
        }
        return weight.mul(fade(cells.height(), cells.y(), x.size(2)).reshape(1, 1, -1, 1)).mul(fade(cells.width(), cells.x(), x.size(3)));
    }

    /** Rises from each end that does not lie at the border of the latents. */
    private static Tensor fade(long size, long start, long whole) {
        int width = (int) Math.min(WIDEST_FADE, size / 4);
        var values = new float[(int) size];
        Arrays.fill(values, 1);
        for (int t = 0; t < width; t++) {
            float share = (t + 1f) / width;
            if (start != 0) {
                values[t] *= share;
            }
            if (start + size < whole) {
                values[(int) size - 1 - t] *= share;
            }
        }
        return Tensor.of(values, size);
    }
}
