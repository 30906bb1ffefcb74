package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoadedTorch.class)
final class OperatorTest {

    /** libtorch registers its operators by declaring their schemas as text: each must be in the library to the letter. */
    @Test
    void everySchemaIsOneThatLibtorchDeclares() throws IOException {
        var wanted = Arrays.stream(Operator.values()).map(operator -> operator.declaration).collect(Collectors.toCollection(HashSet::new));
        wanted.removeAll(declaredAmong(wanted));
        assertEquals(Set.of(), wanted, "schemas that libtorch does not declare");
    }

    private static Set<String> declaredAmong(Set<String> wanted) throws IOException {
        var found = new HashSet<String>();
        try (var channel = FileChannel.open(Torch.directory().resolve("libtorch_cpu.so")); var arena = Arena.ofConfined()) {
            var library = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            long start = -1;
            for (long i = 0; i < library.byteSize(); i++) {
                byte c = library.get(ValueLayout.JAVA_BYTE, i);
                if (c >= ' ' && c <= '~') {
                    if (start < 0) {
                        start = i;
                    }
                } else {
                    if (start >= 0 && c == 0 && i - start > 12 && i - start < 400) {
                        // The linker merges a schema into the end of a longer text where it can.
                        var text = text(library.asSlice(start, i - start)).replaceFirst("^aten::", "");
                        if (wanted.contains(text)) {
                            found.add(text);
                        }
                    }
                    start = -1;
                }
            }
        }
        return found;
    }

    private static String text(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    @Test
    void wrongNumberOfArgumentsNeverReachesLibtorch() {
        try (var _ = new TensorScope()) {
            var x = Tensor.ones(ScalarType.FLOAT32, 2);
            var error = assertThrows(IllegalArgumentException.class, () -> Operator.SILU.call(x, x));
            assertTrue(error.getMessage().contains("2 arguments, expected 1"), error.getMessage());
        }
    }

    @Test
    void libtorchsOwnWordsTellWhatWasWrong() {
        try (var _ = new TensorScope()) {
            var a = Tensor.ones(ScalarType.FLOAT32, 2, 3);
            var error = assertThrows(TorchException.class, () -> a.matmul(a));
            assertTrue(error.getMessage().contains("(2x3 and 2x3)"), error.getMessage());
        }
    }
}
