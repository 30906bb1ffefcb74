package org.comfyee.diffusion.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** A control in one sampling. Keeps what it made of its picture. */
public final class ControlRun {
    private record Size(long height, long width) {}

    /** @param items of all conditionings together; 1 where one hint serves all */
    private record Asked(Size size, long items, int conditionings) {}

    private final AppliedControl applied;
    private final DiffusionModel model;
    private final ControlNetwork network;
    private final float start;
    private final float end;
    private final Optional<ControlRun> previous;
    private final Map<Size, Tensor> hints = new HashMap<>();
    private final Map<Asked, ControlResiduals> answers = new HashMap<>();

    /**
     * @param applied with all controls before it
     * @param model that is steered; its placement is the control network's too
     */
    public ControlRun(AppliedControl applied, DiffusionModel model) {
        this.applied = applied;
        this.model = model;
        network = applied.net().source().bind(model);
        start = (float) model.sampling().percentToSigma(applied.start());
        end = (float) model.sampling().percentToSigma(applied.end());
        previous = applied.previous().map(each -> new ControlRun(each, model));
    }

    /**
     * @param x noisy latents of all conditionings that are asked together, {@code [batch, channels, height, width]}
     * @param tensors what the diffusion network is told, for the whole batch
     * @param conditionings how many these are
     * @return empty if nothing counts at this noise
     */
    public Optional<ControlResiduals> residuals(Tensor x, float sigma, Map<TensorSlot, Tensor> tensors, int conditionings) {
        var before = previous.flatMap(run -> run.residuals(x, sigma, tensors, conditionings));
        if (sigma > start || sigma < end) {
            return before;
        }
        var own = own(x, sigma, tensors, conditionings).map(applied.net().averaged() ? ControlRun::averaged : each -> each)
                .map(each -> each.mul(applied.strength()));
        return Optional.of(before.map(own::plus).orElse(own));
    }

    private ControlResiduals own(Tensor x, float sigma, Map<TensorSlot, Tensor> tensors, int conditionings) {
        var size = new Size(x.size(2), x.size(3));
        if (!hints.containsKey(size)) {
            try (var _ = new TensorScope()) {
                hints.put(size, TensorScope.escape(model.source().placement().in(applied.net().hint().prepared(applied, x))));
            }
        }
        boolean one = hints.get(size).size(0) == 1;
        var asked = new Asked(size, one ? 1 : x.size(0), one ? 1 : conditionings);
        if (answers.containsKey(asked)) {
            return answers.get(asked);
        }
        var hint = forBatch(hints.get(size), x.size(0), conditionings);
        var timesteps = new float[(int) x.size(0)];
        Arrays.fill(timesteps, model.sampling().timestep(sigma));
        var place = model.source().placement();
        var placed = new EnumMap<TensorSlot, Tensor>(TensorSlot.class);
        tensors.forEach((slot, tensor) -> placed.put(slot, slot.placed(tensor, place)));
        var answer = network.predict(new ControlNetwork.Input(place.in(model.sampling().networkInput(x, sigma)), timesteps, hint, placed,
                applied.net().types()));
        if (network.isConstant()) {
            answer = answer.map(TensorScope::escape);
            answers.put(asked, answer);
        }
        return answer;
    }

    /** One hint serves all items; of several, each conditioning gets as many as it has items. */
    private static Tensor forBatch(Tensor hint, long batch, int conditionings) {
        if (hint.size(0) == 1) {
            return hint;
        }
        return HintForm.repeated(HintForm.repeated(hint, batch / conditionings), batch);
    }

    private static Tensor averaged(Tensor map) {
        return map.mean(2, true).mean(3, true).expand(map.shape());
    }
}
