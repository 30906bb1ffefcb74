package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A device that shows without a GPU what would fail on one. */
@ExtendWith(LoadedTorch.class)
class StandInTest {
    private TensorScope scope;
    private Tensor here;
    private Tensor there;

    @BeforeEach
    void open() {
        scope = new TensorScope();
        here = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
        there = here.to(Device.STAND_IN);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static void assertThere(Tensor tensor) {
        assertEquals(Device.STAND_IN, tensor.device());
    }

    @Test
    void tensorsThatWereMovedAreOthersOfTheSameValues() {
        assertThere(there);
        here.fillInPlace(7);
        var back = there.to(Device.CPU);
        assertEquals(Device.CPU, back.device());
        there.fillInPlace(8);
        assertArrayEquals(new float[] {1, 2, 3, 4}, back.toFloats());
        assertArrayEquals(new float[] {8, 8, 8, 8}, there.toFloats());
    }

    @Test
    void resultsLieWhereTheirOperandsLie() {
        assertThere(there.add(there).mul(2).add(1).pow(2).clamp(0, 9));
        assertThere(there.mul(Tensor.scalar(2)));
        assertThere(there.chunk(2, 0).getLast());
        assertThere(Tensor.cat(List.of(there, there), 0));
        assertThere(there.singularValues().values());
        assertThere(there.to(ScalarType.FLOAT16));
        assertThere(Tensor.zeros(Device.STAND_IN, ScalarType.FLOAT32, 3));
        assertEquals(Device.CPU, here.add(here).device());
        assertEquals(1, there.select(0, 0).select(0, 0).item());
    }

    @Test
    void operatorsRefuseWhatLiesElsewhere() {
        var refusal = assertThrows(TorchException.class, () -> there.mul(here));
        assertTrue(refusal.getMessage().contains("on stand-in:0") && refusal.getMessage().contains("on cpu"), refusal.getMessage());
        assertThrows(TorchException.class, () -> there.add(here));
        assertThrows(TorchException.class, () -> Tensor.cat(List.of(there, here), 0));
        assertThrows(TorchException.class, () -> there.linear(here, null));
        assertThrows(TorchException.class, () -> there.mulInPlace(here));
        assertThrows(TorchException.class, () -> there.indexSelect(0, Tensor.of(new long[] {1}, 1)));
        there.copyInPlace(here.mul(2));
        assertArrayEquals(new float[] {2, 4, 6, 8}, there.toFloats());
    }

    @Test
    void tensorsOfTwoSuchDevicesDoNotGoTogether() {
        var second = Device.standIn(1);
        var beyond = there.to(second);
        assertEquals(second, beyond.device());
        assertEquals(second, beyond.add(beyond).mul(Tensor.scalar(2)).device());
        assertEquals(second, Tensor.zeros(second, ScalarType.FLOAT32, 3).device());
        var refusal = assertThrows(TorchException.class, () -> there.mul(beyond));
        assertTrue(refusal.getMessage().contains("on stand-in:0") && refusal.getMessage().contains("on stand-in:1"), refusal.getMessage());
        assertThrows(TorchException.class, () -> there.mul(Tensor.scalar(2).to(second)));
        there.fillInPlace(7);
        assertArrayEquals(new float[] {1, 2, 3, 4}, beyond.to(Device.CPU).toFloats());
        beyond.copyInPlace(there);
        assertArrayEquals(new float[] {7, 7, 7, 7}, beyond.toFloats());
    }

    @Test
    void keptKernelsAreForWhereTheyWereMade() {
        var picture = Tensor.ones(ScalarType.FLOAT32, 1, 1, 4, 4);
        var kernel = ConvolutionKernel.of(Tensor.ones(ScalarType.FLOAT32, 1, 1, 3, 3), 1, 1, 1, 1, 4, 4);
        var other = ConvolutionKernel.of(Tensor.ones(Device.STAND_IN, ScalarType.FLOAT32, 1, 1, 3, 3), 1, 1, 1, 1, 4, 4);
        assertThrows(TorchException.class, () -> kernel.apply(picture.to(Device.STAND_IN), null));
        assertThrows(TorchException.class, () -> other.apply(picture, null));
        assertArrayEquals(kernel.apply(picture, null).toFloats(), other.apply(picture.to(Device.STAND_IN), null).toFloats());
    }

    @Test
    void memoryThereIsNotToBeHad() {
        assertThrows(IllegalStateException.class, there::data);
    }
}
