package org.comfyee.torch;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Holds operators to what a GPU would hold them to, for tensors of {@link Device#STAND_IN} and its like. */
final class StandIn {
    /** Until there is one such tensor, nobody need look for others. */
    private static volatile boolean used;

    private StandIn() {}

    /** To be asked for each device before something is put there. */
    static Device announced(Device device) {
        if (device.isStandIn()) {
            used = true;
        }
        return device;
    }

    /**
     * The stand-in that the result of an operator lies on, or null: where it is told to lie, or else where its operands lie.
     *
     * @throws TorchException if operands lie on different ones, or some on none; numbers on the CPU, which have no dimensions, go with all
     */
    static Device ofResult(Object... arguments) {
        if (!used) {
            return null;
        }
        // Without streams: this is asked at each operator.
        Device found = null;
        for (var argument : arguments) {
            switch (argument) {
                case Device told -> {
                    return told.isStandIn() ? told : null;
                }
                case Tensor tensor when tensor.standIn() != null -> found = tensor.standIn();
                case List<?> list -> {
                    for (var each : list) {
                        found = ((Tensor) each).standIn() != null ? ((Tensor) each).standIn() : found;
                    }
                }
                case null, default -> {}
            }
        }
        if (found != null) {
            check(found, Arrays.stream(arguments).flatMap(StandIn::tensors).toList());
        }
        return found;
    }

    private static void check(Device device, List<Tensor> tensors) {
        if (tensors.stream().anyMatch(tensor -> !device.equals(tensor.standIn()) && (tensor.standIn() != null || tensor.dim() > 0))) {
            throw new TorchException("Expected all tensors to be on the same device, but found " + tensors);
        }
    }

    private static Stream<Tensor> tensors(Object argument) {
        return switch (argument) {
            case Tensor tensor -> Stream.of(tensor);
            case List<?> list -> list.stream().map(Tensor.class::cast);
            case null, default -> Stream.empty();
        };
    }
}
