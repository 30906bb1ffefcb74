package org.comfyee.torch.pickle;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.comfyee.torch.ScalarType;

/**
 * Where a tensor lies in a file.
 *
 * @param offset in elements of the storage
 * @param strides in elements, for each dimension
 */
record StoredTensor(Storage storage, long offset, long[] shape, long[] strides) {

    /**
     * Elements that tensors share.
     *
     * @param key its name in the file
     * @param count of its elements
     */
    record Storage(ScalarType type, String key, long count) {}

    long count() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** The dimensions from the outermost in memory to the innermost. */
    int[] order() {
        return IntStream.range(0, shape.length).boxed().sorted(Comparator.comparingLong(dim -> -strides[dim])).mapToInt(dim -> dim).toArray();
    }

    /** @throws PickleException if it reaches beyond its storage, or has gaps */
    void check(String name) throws PickleException {
        try {
            checkPlace(name);
        } catch (ArithmeticException e) {
            throw new PickleException("the tensor " + name + " has the impossible shape " + Arrays.toString(shape));
        }
    }

    private void checkPlace(String name) throws PickleException {
        long expected = 1;
        var order = order();
        for (int i = order.length - 1; i >= 0; i--) {
            int dim = order[i];
            if (shape[dim] < 0 || shape[dim] > 1 && strides[dim] != expected) {
                throw new PickleException("the tensor " + name + " does not lie in one piece: shape " + Arrays.toString(shape) + ", strides "
                        + Arrays.toString(strides));
            }
            expected = Math.multiplyExact(expected, shape[dim]);
        }
        if (offset < 0 || Math.addExact(offset, count()) > storage.count()) {
            throw new PickleException("the tensor " + name + " reaches beyond the " + storage.count() + " elements of its storage");
        }
    }
}
