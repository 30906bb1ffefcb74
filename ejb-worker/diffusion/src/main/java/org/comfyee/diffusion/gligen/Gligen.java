package org.comfyee.diffusion.gligen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.checkpoint.WeightsFile;
import org.comfyee.diffusion.patch.AttentionPlace;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.torch.Tensor;

/**
 * Puts things where they are wanted, by layers between the attentions of a U-Net (Li et al. 2023, "GLIGEN: Open-Set Grounded
 * Text-to-Image Generation").
 */
public final class Gligen {
    /** The layers of a block with attention: in which part of the network, and the block's number there. */
    private static final Pattern FUSER = Pattern.compile("(?:.*\\.)?(input_blocks|middle_block|output_blocks)\\.(\\d+)\\..*\\.fuser");
    private static final List<String> SECTIONS = List.of("input_blocks", "middle_block", "output_blocks");

    private final Weights weights;
    private Placement placement = Placement.USUAL;
    private Layers layers;

    private record Layers(List<GatedAttention> fusers, PlaceEmbedding places) {
        static Layers of(Weights weights) {
            return new Layers(blocks(weights).values().stream().map(name -> GatedAttention.of(weights.at(name))).toList(),
                    PlaceEmbedding.of(weights.at("position_net")));
        }
    }

    /** @throws NoSuchElementException if a weight is missing */
    public Gligen(Weights weights) {
        this.weights = weights;
        layers = Layers.of(weights);
    }

    /** The layers where a network lies; those of the last network are kept. */
    private synchronized Layers layers(Placement place) {
        if (!place.equals(placement)) {
            layers = Layers.of(weights.placed(place));
            placement = place;
        }
        return layers;
    }

    /**
     * @throws CheckpointException if the file holds something else
     * @throws IOException if it is no readable safetensors file
     */
    public static Gligen load(Path path) throws IOException {
        try {
            var gligen = new Gligen(WeightsFile.open(path));
            if (gligen.layers.fusers().isEmpty()) {
                throw new CheckpointException(path.getFileName() + " is no GLIGEN model: no weight has .fuser. in its name");
            }
            return gligen;
        } catch (NoSuchElementException e) {
            throw new CheckpointException(path.getFileName() + " is no GLIGEN model, or incomplete: " + e.getMessage());
        }
    }

    /** The names of the layers, in the order in which the network comes through them. */
    private static Map<List<Integer>, String> blocks(Weights weights) {
        var blocks = new TreeMap<List<Integer>, String>((one, other) -> {
            int section = one.getFirst().compareTo(other.getFirst());
            return section == 0 ? one.getLast().compareTo(other.getLast()) : section;
        });
        for (var name : weights.names()) {
            var match = FUSER.matcher(name);
            if (match.lookingAt()) {
                blocks.put(List.of(SECTIONS.indexOf(match.group(1)), Integer.valueOf(match.group(2))), match.group());
            }
        }
        return blocks;
    }

    /**
     * A patch for one pass; its tensors join the current scope.
     *
     * @param height of the latents in cells, as is width
     * @param place of the network
     */
    public NetworkPatch patch(List<Grounding.Thing> things, long height, long width, Placement place) {
        var placed = layers(place);
        var fusers = placed.fusers();
        var objects = placed.places().embed(things, height, width, place);
        return new NetworkPatch() {
            @Override
            public Tensor betweenAttentions(Pass pass, AttentionPlace place, Tensor h) {
                if (place.transformer() >= fusers.size()) {
                    throw new IllegalStateException("the GLIGEN model has layers for " + fusers.size()
                            + " blocks with attention; the diffusion model has more: they do not belong together");
                }
                return fusers.get(place.transformer()).apply(h, objects);
            }
        };
    }
}
