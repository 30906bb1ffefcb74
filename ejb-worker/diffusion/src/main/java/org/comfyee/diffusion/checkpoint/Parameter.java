package org.comfyee.diffusion.checkpoint;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.comfyee.torch.ConvolutionKernel;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorFile;
import org.comfyee.torch.TensorScope;

/**
 * A weight of a model. Stays in its file until it is first used; then it is turned into the type that its model
 * computes with, float32 unless {@link Placements} say otherwise, and kept as long as there is room
 * ({@link LoadedWeights}). Safe for use by several threads.
 */
public final class Parameter {
    private final String name;
    private final long[] shape;
    private final ScalarType type;
    private final boolean patched;
    /** Whether it is stored in few digits and a factor, which no other type holds better. */
    private final boolean scaled;
    private final Supplier<Tensor> stored;
    private final Runnable unload;
    /** The type that it is kept in to save memory, if not the one that its model computes with. */
    private final Optional<ScalarType> held;
    private final Placement placement;
    private volatile Tensor value;
    private volatile ConvolutionKernel kernel;
    private volatile long used;

    private Parameter(String name, long[] shape, ScalarType type, boolean patched, boolean scaled, Supplier<Tensor> stored, Runnable unload,
            Optional<ScalarType> held, Placement placement) {
        this.name = name;
        this.shape = shape;
        this.type = type;
        this.patched = patched;
        this.scaled = scaled;
        this.stored = stored;
        this.unload = unload;
        this.held = held;
        this.placement = placement;
    }

    static Parameter of(TensorFile file, String name) {
        return new Parameter(name, file.shape(name), file.dtype(name), false, false, () -> file.tensor(name), () -> file.unload(name), Optional.empty(),
                Placement.USUAL);
    }

    /**
     * This weight times a factor that is stored beside it: it counts as one of float32.
     *
     * @param factor a number, or one for each row
     */
    Parameter scaled(Parameter factor) {
        return new Parameter(name, shape, ScalarType.FLOAT32, patched, true, () -> plain().mul(factor.plain()), unload, held, placement);
    }

    /**
     * A weight that is computed from this one each time it is read from its file.
     *
     * @param newShape what the change makes of this weight's shape
     * @param change sees the weight in the type it is stored in
     */
    public Parameter derived(String newName, long[] newShape, UnaryOperator<Tensor> change) {
        return new Parameter(newName, newShape.clone(), type, patched, scaled, () -> change.apply(stored.get()), unload, held, placement);
    }

    /**
     * This weight with a change, computed when it is first used. It is not rounded before that, so that changes of changes add up.
     *
     * @param change sees the weight in float32
     */
    public Parameter patched(long[] newShape, UnaryOperator<Tensor> change) {
        return new Parameter(name, newShape.clone(), type, true, scaled, () -> change.apply(stored.get().to(ScalarType.FLOAT32)), unload, held,
                placement);
    }

    /**
     * For weights that are read anew each time they are used: this weight, and if it is patched, its value kept in the type
     * of its file, so that the patch is computed once.
     */
    public Parameter remembered() {
        return patched ? new Parameter(name, shape, type, false, scaled, new Once(() -> stored.get().to(type)), unload, held, placement) : this;
    }

    /** This weight as another type would hold it; one that is stored in few digits and a factor is not rounded once more. */
    public Parameter rounded(ScalarType newType) {
        return scaled || newType == type
                ? this
                : new Parameter(name, shape, newType, patched, false, () -> stored.get().to(newType), unload, held, placement);
    }

    /** This weight as another type holds it, and kept in that type, whatever its model computes with: what changes make of it is rounded too. */
    public Parameter held(ScalarType newType) {
        return scaled
                ? this
                : new Parameter(name, shape, newType, patched, false, () -> stored.get().to(newType), unload, Optional.of(newType), placement);
    }

    /** Some neighbouring rows of this weight. */
    public Parameter rowRange(String newName, long first, long count) {
        var part = shape.clone();
        part[0] = count;
        return derived(newName, part, whole -> whole.narrow(0, first, count));
    }

    /** This matrix, transposed. */
    public Parameter transposed(String newName) {
        return derived(newName, new long[] {shape[1], shape[0]}, matrix -> matrix.transpose(0, 1));
    }

    /** This weight in the place and type that its model computes in. */
    Parameter placed(Placement newPlacement) {
        return newPlacement.equals(placement) ? this : new Parameter(name, shape, type, patched, scaled, stored, unload, held, newPlacement);
    }

    /** By which its file or its model knows it, for messages; that of a derived weight may be made up. */
    public String name() {
        return name;
    }

    /** The weight in {@link #type}, made anew for the current scope. */
    public Tensor inOwnType() {
        return stored.get().to(type);
    }

    /** The weight in float32 on the CPU, made anew for the current scope: for changes of other weights. */
    public Tensor plain() {
        return stored.get().to(ScalarType.FLOAT32);
    }

    /** The type that the weight is stored in. */
    public ScalarType type() {
        return type;
    }

    /** With its changes; a copy. */
    public long[] shape() {
        return shape.clone();
    }

    /** The weight as the model computes with it; in the current scope where there is no room to keep it. */
    public Tensor get() {
        used = LoadedWeights.round();
        var known = value;
        return asComputedWith(known != null ? known : load(LoadedWeights::makeRoom));
    }

    /** Of a weight that is kept in another type, a copy for the current scope. */
    private Tensor asComputedWith(Tensor kept) {
        return held.isPresent() ? kept.to(placement.type()) : kept;
    }

    /** As it is kept, made anew for the current scope. */
    private Tensor asKept() {
        return held.isPresent() ? stored.get().to(held.get()).to(placement.device()) : placement.in(stored.get());
    }

    /** @param room whether so many bytes of weights can be kept */
    private synchronized Tensor load(BiPredicate<LoadedWeights, Long> room) {
        var known = value;
        if (known != null) {
            return known;
        }
        if (!room.test(loadedWeights(), bytes())) {
            return asKept();
        }
        try (var _ = new TensorScope()) {
            known = TensorScope.escape(asKept());
        }
        value = known;
        loadedWeights().add(this);
        // The pages of the file count as used memory until they are given back.
        unload.run();
        return known;
    }

    /**
     * The weight of a convolution, in the order that the processor computes with. That of {@link #get} is another copy.
     *
     * @param x what it is first applied to
     */
    public ConvolutionKernel kernel(int stride, int padding, Tensor x) {
        if (held.isPresent()) {
            return ConvolutionKernel.passing(get(), stride, padding);
        }
        used = LoadedWeights.round();
        var known = kernel;
        return known != null ? known : loadKernel(stride, padding, x);
    }

    private synchronized ConvolutionKernel loadKernel(int stride, int padding, Tensor x) {
        var known = kernel;
        if (known != null) {
            return known;
        }
        if (!loadedWeights().makeRoom(bytes())) {
            return ConvolutionKernel.passing(borrow(), stride, padding);
        }
        try (var _ = new TensorScope()) {
            known = ConvolutionKernel.of(borrow(), stride, padding, x.shape());
        }
        kernel = known;
        loadedWeights().add(this);
        unload.run();
        return known;
    }

    /** Those of the device that the weight is kept on. */
    LoadedWeights loadedWeights() {
        return LoadedWeights.on(placement.device());
    }

    /** What the weight takes as the model computes with it. */
    long bytes() {
        return Arrays.stream(shape).reduce(held.orElse(placement.type()).elementSize(), Math::multiplyExact);
    }

    /** The round in which the weight was last used. */
    long used() {
        return used;
    }

    /** Forgets the weight until it is used again. */
    void drop() {
        value = null;
        kernel = null;
    }

    /**
     * Some rows of a table, for the current scope.
     *
     * @param rows their numbers, int64
     */
    public Tensor rows(Tensor rows) {
        return placement.in(stored.get().indexSelect(0, rows));
    }

    /**
     * The weight as {@link #get} gives it, for weights that are rarely used: on the CPU made anew for the current scope. Another
     * device, to which it would have to be copied each time, keeps it where there is room beside those that are used often.
     */
    public Tensor borrow() {
        if (placement.device().isCpu()) {
            return asComputedWith(asKept());
        }
        used = LoadedWeights.round();
        var known = value;
        return asComputedWith(known != null ? known : load(LoadedWeights::hasRoom));
    }

    /** A tensor that is made once. */
    private static final class Once implements Supplier<Tensor> {
        private Supplier<Tensor> made;
        private Tensor value;

        Once(Supplier<Tensor> made) {
            this.made = made;
        }

        @Override
        public synchronized Tensor get() {
            if (value == null) {
                try (var _ = new TensorScope()) {
                    value = TensorScope.escape(made.get());
                }
                made = null;
            }
            return value;
        }
    }
}
