package org.comfyee.diffusion.control;

import java.util.HashMap;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.unet.ControlUNet;

/** A ControlNet that is stored as low-rank differences from the diffusion model that it steers. */
final class ControlLora {
    private static final String UP = ".up";

    private ControlLora() {}

    static ControlNetwork of(Weights file, Weights network) {
        var weights = new HashMap<String, Parameter>();
        network.names().forEach(name -> weights.put(name, network.get(name)));
        for (var name : file.names()) {
            if (name.endsWith(UP)) {
                addProduct(file, weights, name.substring(0, name.length() - UP.length()));
            } else if (!name.endsWith(".down")) {
                weights.put(name, file.get(name));
            }
        }
        return new ControlUNet(Weights.of(weights));
    }

    private static void addProduct(Weights file, Map<String, Parameter> weights, String layer) {
        var up = file.get(layer + UP);
        var down = file.get(layer + ".down");
        weights.computeIfPresent(layer + ".weight", (_, base) -> base.patched(base.shape(), weight ->
                weight.add(up.plain().flatten(1, -1).matmul(down.plain().flatten(1, -1)).reshape(weight.shape()))));
    }
}
