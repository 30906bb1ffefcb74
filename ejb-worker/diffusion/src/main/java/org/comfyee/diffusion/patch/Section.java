package org.comfyee.diffusion.patch;

/** What part of a network a block belongs to: the first three are of U-Nets, the others of transformers. */
public enum Section {
    INPUT, MIDDLE, OUTPUT,
    /** Text and picture have weights of their own; all blocks of Stable Diffusion 3 are like that. */
    DOUBLE,
    /** Text and picture share weights. */
    SINGLE
}
