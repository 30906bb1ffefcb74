package org.comfyee.diffusion.model;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.comfyee.torch.Tensor;

/**
 * What control networks add to a network's feature maps (Zhang et al. 2023, "Adding Conditional Control to Text-to-Image
 * Diffusion Models"). An empty element adds nothing at its place.
 *
 * @param input after the network's input blocks, the first block first
 * @param middle after the middle block
 * @param output to what skips to the output blocks, in the order of the input blocks that it comes from
 */
public record ControlResiduals(List<Optional<Tensor>> input, List<Optional<Tensor>> middle, List<Optional<Tensor>> output) {
    public static final ControlResiduals NONE = new ControlResiduals(List.of(), List.of(), List.of());

    /** Adds the residual at a place, if there is one. */
    public static Tensor add(Tensor h, List<Optional<Tensor>> residuals, int index) {
        return index < residuals.size() ? residuals.get(index).map(h::add).orElse(h) : h;
    }

    /** These with each tensor changed. */
    public ControlResiduals map(UnaryOperator<Tensor> change) {
        return new ControlResiduals(mapped(input, change), mapped(middle, change), mapped(output, change));
    }

    private static List<Optional<Tensor>> mapped(List<Optional<Tensor>> residuals, UnaryOperator<Tensor> change) {
        return residuals.stream().map(each -> each.map(change)).toList();
    }

    /** The sums of both; where one has fewer, the other's stand alone. */
    public ControlResiduals plus(ControlResiduals other) {
        return new ControlResiduals(sums(input, other.input), sums(middle, other.middle), sums(output, other.output));
    }

    private static List<Optional<Tensor>> sums(List<Optional<Tensor>> one, List<Optional<Tensor>> other) {
        return IntStream.range(0, Math.max(one.size(), other.size()))
                .mapToObj(i -> sum(i < one.size() ? one.get(i) : Optional.empty(), i < other.size() ? other.get(i) : Optional.empty()))
                .toList();
    }

    private static Optional<Tensor> sum(Optional<Tensor> one, Optional<Tensor> other) {
        return one.isPresent() && other.isPresent() ? Optional.of(one.get().add(other.get())) : one.or(() -> other);
    }
}
