package org.comfyee.diffusion.patch;

/**
 * An attention of a U-Net.
 *
 * @param block its number in the section
 * @param transformer how many blocks with attention come before it in the network
 * @param depth its number in the block
 * @param cross whether it looks at the text rather than at the picture
 * @param height of the feature map, as is width
 */
public record AttentionPlace(
        Section section, int block, int transformer, int depth, boolean cross, int heads, long height, long width) {

    /** Whether it looks at the picture, in a certain block. */
    public boolean isSelf(Section wantedSection, int wantedBlock) {
        return !cross && section == wantedSection && block == wantedBlock;
    }

    /** The other attention of the same block. */
    public AttentionPlace toText() {
        return new AttentionPlace(section, block, transformer, depth, true, heads, height, width);
    }
}
