package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.OutOfMemoryException;
import org.comfyee.workflow.node.Outputs;
import org.junit.jupiter.api.Test;

class ScopedCallerTest {

    /** Makes that many numbers. */
    private record Ones(long count) implements Node {
        @Override
        public NodeDefinition definition() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.of(Tensor.ones(ScalarType.FLOAT32, count));
        }
    }

    private static Outputs call(Node node) throws Exception {
        return new ScopedCaller().call(node, new Inputs(Map.of()), null);
    }

    @Test
    void aNodeThatAsksForTooMuchMemoryFailsByNameAndTheNextOneRuns() throws Exception {
        Torch.loadConfigured();
        var failure = assertThrows(OutOfMemoryException.class, () -> call(new Ones(1L << 50)));
        assertTrue(failure.getMessage().contains("memory"), failure.getMessage());
        assertEquals(0, LoadedWeights.on(Device.CPU).bytes());
        assertArrayEquals(new float[] {1, 1}, ((Tensor) call(new Ones(2)).values().getFirst()).toFloats());
    }
}
