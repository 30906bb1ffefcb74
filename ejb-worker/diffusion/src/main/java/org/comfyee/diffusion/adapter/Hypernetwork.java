package org.comfyee.diffusion.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.LayerNorm;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.patch.AttentionInputs;
import org.comfyee.diffusion.patch.AttentionPlace;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.safetensors.SafetensorsFile;

/**
 * Small networks that change what the attentions of a U-Net look at, one for keys and one for values of each width (as NovelAI
 * published them in 2022). In a safetensors file their layers are called {@code width.0.name.weight} for keys and
 * {@code width.1.name.weight} for values; the metadata may say {@code activation_func}, {@code activate_output} and
 * {@code is_layer_norm}.
 */
public final class Hypernetwork {
    private static final String KEYS = "0";
    private static final String VALUES = "1";

    private record Pair(List<UnaryOperator<Tensor>> keys, List<UnaryOperator<Tensor>> values) {}

    /** Makes the layers of weights. */
    @FunctionalInterface
    private interface Build {
        Map<Long, Pair> of(Weights weights);
    }

    private final Weights weights;
    private final Build build;
    private Placement placement = Placement.USUAL;
    private Map<Long, Pair> byWidth;

    private Hypernetwork(Weights weights, Build build) {
        this.weights = weights;
        this.build = build;
        byWidth = build.of(weights);
    }

    /** The layers for what lies somewhere; the last ones are kept. */
    private synchronized Map<Long, Pair> placed(Placement place) {
        if (!place.equals(placement)) {
            byWidth = build.of(weights.placed(place));
            placement = place;
        }
        return byWidth;
    }

    /**
     * @throws CheckpointException if it is of another format, or holds no hypernetwork
     * @throws IOException if it is no readable safetensors file
     */
    public static Hypernetwork open(Path path) throws IOException {
        var file = path.getFileName().toString();
        if (!file.endsWith(".safetensors") && !file.endsWith(".sft")) {
            throw new CheckpointException(file + " is no safetensors file; hypernetworks in pickles cannot be read, convert it to safetensors");
        }
        var stored = SafetensorsFile.open(path);
        var metadata = stored.metadata();
        var activation = activation(file, metadata.getOrDefault("activation_func", "linear"));
        boolean last = isTrue(metadata.get("activate_output"));
        boolean norms = isTrue(metadata.get("is_layer_norm"));
        try {
            var opened = new Hypernetwork(Weights.of(stored), weights -> pairs(weights, activation, last, norms));
            if (opened.byWidth.isEmpty()) {
                throw new CheckpointException(file
                        + " holds no hypernetwork: no weight is called width.0.name.weight, such as 768.0.linear.0.weight");
            }
            return opened;
        } catch (NoSuchElementException e) {
            throw new CheckpointException(file + " is incomplete: " + e.getMessage());
        }
    }

    private static Map<Long, Pair> pairs(Weights weights, UnaryOperator<Tensor> activation, boolean activateLast, boolean norms) {
        var byWidth = new HashMap<Long, Pair>();
        for (var name : weights.names()) {
            var width = name.substring(0, Math.max(0, name.indexOf('.')));
            if (width.matches("\\d{1,9}")) {
                byWidth.computeIfAbsent(Long.valueOf(width), _ -> new Pair(layers(weights.at(width + "." + KEYS), activation, activateLast, norms),
                        layers(weights.at(width + "." + VALUES), activation, activateLast, norms)));
            }
        }
        return byWidth;
    }

    private static boolean isTrue(String text) {
        return text != null && text.toLowerCase(Locale.ROOT).equals("true");
    }

    private static UnaryOperator<Tensor> activation(String file, String name) throws CheckpointException {
        return switch (name) {
            case "linear" -> x -> x;
            case "relu" -> Tensor::relu;
            case "leakyrelu" -> x -> x.maximum(x.mul(0.01));
            case "elu" -> x -> x.relu().sub(x.neg().relu().neg().expm1().neg());
            case "swish" -> x -> x.mul(x.add(3).clamp(0, 6)).div(6);
            case "tanh" -> Tensor::tanh;
            case "sigmoid" -> Tensor::sigmoid;
            case "softsign" -> x -> x.div(x.abs().add(1));
            case "mish" -> x -> x.mul(x.relu().add(x.abs().neg().exp().add(1).log()).tanh());
            default -> throw new CheckpointException(file + " uses the activation '" + name
                    + "'; expected linear, relu, leakyrelu, elu, swish, tanh, sigmoid, softsign or mish");
        };
    }

    /** @param norms whether each linear layer is followed by a norm */
    private static List<UnaryOperator<Tensor>> layers(Weights weights, UnaryOperator<Tensor> activation, boolean activateLast, boolean norms) {
        var names = weights.names().stream()
                .filter(name -> name.endsWith(".weight"))
                .map(name -> name.substring(0, name.length() - ".weight".length()))
                .sorted(Hypernetwork::inOrder)
                .toList();
        if (names.isEmpty()) {
            throw new NoSuchElementException("it lacks layers for keys or for values");
        }
        var layers = new ArrayList<UnaryOperator<Tensor>>();
        int step = norms ? 2 : 1;
        if (names.size() % step != 0) {
            throw new NoSuchElementException("it lacks a norm after " + names.getLast());
        }
        for (int i = 0; i < names.size(); i += step) {
            layers.add(Linear.of(weights.at(names.get(i)))::apply);
            // Where there are norms, the last linear layer is not the last of all.
            if (activateLast || i < names.size() - 1) {
                layers.add(activation);
            }
            if (norms) {
                layers.add(LayerNorm.of(weights.at(names.get(i + 1)))::apply);
            }
        }
        return List.copyOf(layers);
    }

    /** Numbers in names count as numbers. */
    private static int inOrder(String one, String other) {
        return one.length() == other.length() ? one.compareTo(other) : Integer.compare(one.length(), other.length());
    }

    /** The patch of a U-Net that this is. */
    public NetworkPatch patch(double strength) {
        return new NetworkPatch() {
            @Override
            public AttentionInputs attentionInputs(Pass pass, AttentionPlace place, AttentionInputs inputs) {
                var key = inputs.key();
                var pair = placed(new Placement(key.device(), key.dtype())).get(key.size(2));
                return pair == null
                        ? inputs
                        : new AttentionInputs(inputs.query(), changed(key, pair.keys(), strength), changed(inputs.value(), pair.values(), strength));
            }
        };
    }

    private static Tensor changed(Tensor x, List<UnaryOperator<Tensor>> layers, double strength) {
        var change = x;
        for (var layer : layers) {
            change = layer.apply(change);
        }
        return x.add(change.mul(strength));
    }
}
