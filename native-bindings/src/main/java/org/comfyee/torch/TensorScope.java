package org.comfyee.torch;

import java.util.ArrayList;

/**
 * Owns the tensors that the calling thread makes while the scope is open, and frees them when it closes.
 *
 * <pre>{@code
 * try (var scope = new TensorScope()) {
 *     var hidden = x.linear(w1, b1).silu();
 *     return scope.keep(hidden.linear(w2, b2));   // lives on in the enclosing scope
 * }
 * }</pre>
 *
 * Scopes nest and belong to one thread. A tensor made outside of any scope is freed by {@link Tensor#close()} or, failing
 * that, when it becomes unreachable.
 */
public final class TensorScope implements AutoCloseable {
    private static final ThreadLocal<TensorScope> CURRENT = new ThreadLocal<>();

    private final TensorScope enclosing = CURRENT.get();
    private final ArrayList<Tensor> members = new ArrayList<>();

    /** Takes up all that the calling thread makes from now on, until it is closed. */
    public TensorScope() {
        CURRENT.set(this);
    }

    static Tensor own(Tensor tensor) {
        var scope = CURRENT.get();
        if (scope == null) {
            tensor.freeWhenUnreachable();
        } else {
            scope.add(tensor);
        }
        return tensor;
    }

    private void add(Tensor tensor) {
        tensor.owner = this;
        members.add(tensor);
    }

    /** Moves a tensor to the enclosing scope; where there is none it is freed when it becomes unreachable. */
    public Tensor keep(Tensor tensor) {
        if (tensor.owner == this) {
            if (enclosing == null) {
                escape(tensor);
            } else {
                enclosing.add(tensor);
            }
        }
        return tensor;
    }

    /** Takes a tensor out of every scope: it is freed by {@link Tensor#close()} or when it becomes unreachable. */
    public static Tensor escape(Tensor tensor) {
        if (tensor.owner != null) {
            tensor.owner = null;
            tensor.freeWhenUnreachable();
        }
        return tensor;
    }

    /** Frees the tensors that were neither kept nor escaped. */
    @Override
    public void close() {
        if (CURRENT.get() != this) {
            throw new IllegalStateException("tensor scopes are closed by the thread that opened them, innermost first");
        }
        CURRENT.set(enclosing);
        for (int i = members.size() - 1; i >= 0; i--) {
            if (members.get(i).owner == this) {
                members.get(i).close();
            }
        }
    }
}
