package org.comfyee.torch;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Holds operators to what a GPU would hold them to, for tensors of {@link Device#STAND_IN}. */
final class StandIn {
    /** Until there is one such tensor, nobody need look for others. */
    private static boolean used;

    private StandIn() {}

    /** To be asked for each device before something is put there. */
    static Device announced(Device device) {
        used |= device.equals(Device.STAND_IN);
        return device;
    }

    /**
     * Whether the result of an operator lies there: where it is told to lie, or else where its operands lie.
     *
     * @throws TorchException if some operands lie there and others do not; numbers, which have no dimensions, may lie anywhere
     */
    static boolean holdsResultOf(Object... arguments) {
        if (!used) {
            return false;
        }
        var told = Arrays.stream(arguments).filter(Device.class::isInstance).findFirst();
        if (told.isPresent()) {
            return told.equals(Optional.of(Device.STAND_IN));
        }
        var tensors = Arrays.stream(arguments).flatMap(StandIn::tensors).toList();
        boolean any = tensors.stream().anyMatch(Tensor::isStandIn);
        if (any && tensors.stream().anyMatch(tensor -> !tensor.isStandIn() && tensor.dim() > 0)) {
            throw new TorchException("Expected all tensors to be on the same device, but found " + tensors);
        }
        return any;
    }

    private static Stream<Tensor> tensors(Object argument) {
        return switch (argument) {
            case Tensor tensor -> Stream.of(tensor);
            case List<?> list -> list.stream().map(Tensor.class::cast);
            case null, default -> Stream.empty();
        };
    }
}
