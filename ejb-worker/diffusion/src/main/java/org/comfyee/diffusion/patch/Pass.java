package org.comfyee.diffusion.patch;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.comfyee.torch.Tensor;

/**
 * One pass of a network, with the patches that take part in it.
 *
 * @param conditionings for each equal share of the batch the number of the conditioning it is for; 0 is the wanted one
 * @param questions for each equal share of the batch what it is asked for, the same object in each step; empty if it is not asked for
 *        in each step
 * @param height of the latents, as is width
 */
public record Pass(List<NetworkPatch> patches, float sigma, List<Integer> conditionings, List<?> questions, long height, long width) {
    /** A pass that nothing takes part in. */
    public static final Pass PLAIN = new Pass(List.of(), 0, List.of(), 0, 0);

    /** One that is not asked for in each step. */
    public Pass(List<NetworkPatch> patches, float sigma, List<Integer> conditionings, long height, long width) {
        this(patches, sigma, conditionings, List.of(), height, width);
    }

    /** Whether no patch takes part, so that networks may skip asking. */
    public boolean isPlain() {
        return patches.isEmpty();
    }

    /**
     * Runs the network within all patches, of which the last one is outermost.
     *
     * @param x what the network is given, {@code [batch, channels, height, width]}
     */
    public Tensor around(Tensor x, Supplier<Tensor> network) {
        for (var patch : patches) {
            var inner = network;
            network = () -> patch.around(this, x, inner);
        }
        return network.get();
    }

    /**
     * See {@link NetworkPatch#afterInput}; each patch sees what the one before it made, as in the methods below.
     *
     * @param block its number from 0
     * @param h {@code [batch, channels, height, width]}
     */
    public Tensor afterInput(int block, Tensor h) {
        for (var patch : patches) {
            h = patch.afterInput(this, block, h);
        }
        return h;
    }

    /** See {@link NetworkPatch#afterSkip}. */
    public Tensor afterSkip(int block, Tensor h) {
        for (var patch : patches) {
            h = patch.afterSkip(this, block, h);
        }
        return h;
    }

    /** See {@link NetworkPatch#beforeOutput}. */
    public NetworkPatch.Joint beforeOutput(int block, NetworkPatch.Joint joint) {
        for (var patch : patches) {
            joint = patch.beforeOutput(this, block, joint);
        }
        return joint;
    }

    /** See {@link NetworkPatch#attentionInputs}. */
    public AttentionInputs attentionInputs(AttentionPlace place, AttentionInputs inputs) {
        for (var patch : patches) {
            inputs = patch.attentionInputs(this, place, inputs);
        }
        return inputs;
    }

    /** The answer of the first patch that has one, beginning with the last; empty if the network is to attend by itself. */
    public Optional<Tensor> attend(AttentionPlace place, AttentionInputs projected) {
        for (var patch : patches.reversed()) {
            var attended = patch.attend(this, place, projected);
            if (attended.isPresent()) {
                return attended;
            }
        }
        return Optional.empty();
    }

    /**
     * See {@link NetworkPatch#attended}.
     *
     * @param output {@code [batch, tokens, channels]}
     */
    public Tensor attended(AttentionPlace place, Tensor output) {
        for (var patch : patches) {
            output = patch.attended(this, place, output);
        }
        return output;
    }

    /**
     * See {@link NetworkPatch#betweenAttentions}.
     *
     * @param h {@code [batch, tokens, channels]}
     */
    public Tensor betweenAttentions(AttentionPlace place, Tensor h) {
        for (var patch : patches) {
            h = patch.betweenAttentions(this, place, h);
        }
        return h;
    }

    /** Whether any patch leaves the block out. */
    public boolean skips(Section section, int block) {
        for (var patch : patches) {
            if (patch.skips(section, block)) {
                return true;
            }
        }
        return false;
    }
}
