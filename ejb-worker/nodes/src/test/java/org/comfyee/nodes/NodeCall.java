package org.comfyee.nodes;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.NodeContext;

/** Calls a node by name; inputs that are not given have their defaults. */
final class NodeCall {
    private NodeCall() {}

    /** @param namesAndValues of inputs, by turns */
    static List<Object> run(String node, Object... namesAndValues) {
        return run(() -> {}, node, namesAndValues);
    }

    /** @param interruption is called where the node looks whether it was interrupted, and throws if it was */
    static List<Object> run(Runnable interruption, String node, Object... namesAndValues) {
        var found = WorkflowFixture.REGISTRY.find(node).orElseThrow();
        var values = new HashMap<String, Object>();
        found.definition().inputs().values().stream().filter(input -> input.options().containsKey("default"))
                .forEach(input -> values.put(input.name(), input.options().get("default")));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        try {
            return found.run(new Inputs(values), context(interruption)).values();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(node + " failed", e);
        }
    }

    static Tensor tensor(String node, Object... namesAndValues) {
        return (Tensor) run(node, namesAndValues).getFirst();
    }

    static Latent latent(String node, Object... namesAndValues) {
        return (Latent) run(node, namesAndValues).getFirst();
    }

    /** One that offers nothing else. */
    private static NodeContext context(Runnable interruption) {
        return (NodeContext) Proxy.newProxyInstance(NodeCall.class.getClassLoader(), new Class<?>[] {NodeContext.class}, (_, method, _) -> {
            if (method.getName().equals("checkInterrupted")) {
                interruption.run();
            }
            if (method.getReturnType() == void.class) {
                return null;
            }
            throw new UnsupportedOperationException(method.getName());
        });
    }
}
