package org.comfyee.diffusion.patch;

import java.util.Optional;
import java.util.function.Supplier;
import org.comfyee.torch.Tensor;

/**
 * Takes part in a network's pass, at the places whose methods it overrides. Patches are called in the order in which they were
 * added to the model; what they return must be valid in the current scope.
 */
public interface NetworkPatch {

    /**
     * Takes the place of a whole pass.
     *
     * @param x what the network is given, {@code [batch, channels, height, width]}
     * @param network the pass
     * @return of the shape of x
     */
    default Tensor around(Pass pass, Tensor x, Supplier<Tensor> network) {
        return network.get();
    }

    /** After an input block of a U-Net, before what skips to the output is taken. */
    default Tensor afterInput(Pass pass, int block, Tensor h) {
        return h;
    }

    /** After what skips to the output was taken. */
    default Tensor afterSkip(Pass pass, int block, Tensor h) {
        return h;
    }

    /** Before an output block of a U-Net joins both. */
    default Joint beforeOutput(Pass pass, int block, Joint joint) {
        return joint;
    }

    /**
     * @param h feature map {@code [batch, channels, height, width]} from the block before
     * @param skip feature map of the same height and width, and of as many channels or others
     */
    record Joint(Tensor h, Tensor skip) {}

    /** Before an attention of a U-Net projects its inputs. */
    default AttentionInputs attentionInputs(Pass pass, AttentionPlace place, AttentionInputs inputs) {
        return inputs;
    }

    /**
     * Takes the place of an attention of a U-Net, between the projections of its inputs and of its output. The patch that was
     * added last is asked first.
     *
     * @param projected {@code [batch, tokens, heads * size]} each
     * @return of the shape of the queries, or empty to leave it to others
     */
    default Optional<Tensor> attend(Pass pass, AttentionPlace place, AttentionInputs projected) {
        return Optional.empty();
    }

    /** After an attention of a U-Net projected its output, before it is added to its input. */
    default Tensor attended(Pass pass, AttentionPlace place, Tensor output) {
        return output;
    }

    /** Between the attention to the picture and the one to the text. */
    default Tensor betweenAttentions(Pass pass, AttentionPlace place, Tensor h) {
        return h;
    }

    /** Whether a block of a transformer hands on its input as it is. */
    default boolean skips(Section section, int block) {
        return false;
    }
}
