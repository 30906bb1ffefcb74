package org.comfyee.nodes;

import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.TorchException;
import org.comfyee.workflow.execution.NodeCaller;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.OutOfMemoryException;
import org.comfyee.workflow.node.Outputs;

/**
 * Frees what a node computed on the way and lets its outputs live on, wherever they are cached. Where memory does not
 * suffice, all weights there are dropped, so that the next prompt finds as much memory as there is.
 */
public final class ScopedCaller implements NodeCaller {

    @Override
    public Outputs call(Node node, Inputs inputs, NodeContext context) throws Exception {
        if (!Torch.isLoaded()) {
            return node.run(inputs, context);
        }
        Torch.disableGradients();
        try {
            return LoadedWeights.inRound(() -> runInScope(node, inputs, context));
        } catch (TorchException e) {
            if (!e.outOfMemory()) {
                throw e;
            }
            // Other sessions have weights in the machine's memory too: they keep them where a GPU's was too small.
            Placements.current().devices().stream()
                    .filter(device -> !device.isCpu() || !e.outOfGpuMemory())
                    .map(LoadedWeights::on)
                    .forEach(LoadedWeights::unload);
            throw new OutOfMemoryException(e.getMessage(), e);
        }
    }

    private static Outputs runInScope(Node node, Inputs inputs, NodeContext context) throws Exception {
        try (var _ = new TensorScope()) {
            var outputs = node.run(inputs, context);
            escape(outputs.values());
            return outputs;
        }
    }

    private static void escape(Object value) {
        switch (value) {
            case null -> {}
            case Tensor tensor -> TensorScope.escape(tensor);
            case Iterable<?> values -> values.forEach(ScopedCaller::escape);
            case Map<?, ?> map -> map.values().forEach(ScopedCaller::escape);
            case Optional<?> optional -> optional.ifPresent(ScopedCaller::escape);
            case Record record -> {
                for (var component : record.getClass().getRecordComponents()) {
                    escape(read(record, component));
                }
            }
            default -> {}
        }
    }

    private static Object read(Record record, RecordComponent component) {
        if (component.getType().isPrimitive()) {
            return null;
        }
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the component " + component + " cannot be read", e);
        }
    }
}
