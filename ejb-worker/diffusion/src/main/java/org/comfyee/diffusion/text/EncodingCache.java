package org.comfyee.diffusion.text;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** What texts were encoded to by one text model, of which those used last are kept. Safe for use by several threads. */
final class EncodingCache {
    private static final long MOST_BYTES = 32L << 20;

    private final Map<Object, List<Tensor>> known = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** Chunks of tokens as a key: equal ones have equal tokens, weights and learnt vectors. */
    static Object key(List<List<Token>> chunks) {
        return chunks.stream().map(chunk -> chunk.stream().map(EncodingCache::key).toList()).toList();
    }

    private static Object key(Token token) {
        return token.vector().<Object>map(vector -> List.of(token.weight(), FloatBuffer.wrap(vector.toFloats()))).orElse(token);
    }

    /**
     * What was encoded under a key, or now is.
     *
     * @return tensors of their own, in the current scope
     */
    List<Tensor> get(Object key, Supplier<List<Tensor>> encoding) {
        var found = find(key);
        if (found != null) {
            return found.stream().map(Tensor::copy).toList();
        }
        var encoded = encoding.get();
        keep(key, encoded.stream().map(tensor -> TensorScope.escape(tensor.copy())).toList());
        return encoded;
    }

    private synchronized List<Tensor> find(Object key) {
        return known.get(key);
    }

    private synchronized void keep(Object key, List<Tensor> encoded) {
        var before = known.put(key, encoded);
        bytes += bytes(encoded) - (before == null ? 0 : bytes(before));
        var oldest = known.values().iterator();
        while (bytes > MOST_BYTES && oldest.hasNext()) {
            bytes -= bytes(oldest.next());
            oldest.remove();
        }
    }

    private static long bytes(List<Tensor> tensors) {
        return tensors.stream().mapToLong(tensor -> tensor.numel() * tensor.dtype().elementSize()).sum();
    }
}
