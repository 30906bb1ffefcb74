package org.comfyee.diffusion.model;

/** Where a network sees pictures of reference, in relation to its own. */
public enum ReferencePlacement {
    /** As another picture, each to the right of or below those before it. */
    OFFSET,
    /** As another picture each. */
    INDEX,
    /** In the same picture, beyond its lower right corner. */
    BEYOND
}
