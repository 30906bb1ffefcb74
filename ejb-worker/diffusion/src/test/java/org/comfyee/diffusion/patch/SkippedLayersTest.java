package org.comfyee.diffusion.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SkippedLayersTest {

    @Test
    void numbersAreFoundWhateverStandsBetweenThem() {
        var layers = SkippedLayers.parse("7, 8;layer 9", "0-12, 99999999999999999999");
        assertEquals(List.of(7, 8, 9), layers.doubleBlocks());
        assertEquals(List.of(0, 12), layers.singleBlocks());
    }
}
