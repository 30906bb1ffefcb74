package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.comfyee.torch.ffm.TorchCpuShim;
import org.comfyee.torch.ffm.TorchCudaShim;
import org.comfyee.torch.ffm.TorchShim;

/**
 * An n-dimensional array in libtorch. Operations are named and behave as PyTorch's; each result joins the calling thread's
 * {@link TensorScope}. Dimensions may be counted from the end ({@code -1} is the last).
 *
 * <p>An operation that says nothing of itself is libtorch's operator of its name, element by element. Operands of two shapes
 * are broadcast: counted from the last, their dimensions are equal, 1 or missing, and the result has the larger. Operands of
 * two types give the wider one, where plain numbers and 0-dimensional tensors do not count unless they are of another kind
 * (floating point against whole numbers). Both must lie on one device, except 0-dimensional ones on the CPU.
 *
 * <p>Results are new memory, but those of {@code view}, {@code permute}, {@code transpose}, {@code unsqueeze}, {@code squeeze},
 * {@code expand}, {@code narrow}, {@code slice}, {@code select}, {@code chunk} and {@code split} share their tensor's, and
 * those of {@code reshape}, {@code flatten}, {@code contiguous}, {@code channelsLast} and {@code to} do where nothing has to move.
 *
 * <p>Every operation throws {@link TorchException} with libtorch's text when libtorch refuses it.
 */
public final class Tensor implements AutoCloseable {
    private MemorySegment handle;
    /** Where it pretends to lie; null if it does not pretend. */
    private final Device standIn;
    private Cleaner.Cleanable cleanable;
    TensorScope owner;

    Tensor(MemorySegment handle, Device standIn) {
        this.handle = handle;
        this.standIn = standIn;
    }

    /** A tensor that a call of the C interface made of operands. */
    static Tensor take(MemorySegment out, Tensor... operands) {
        return TensorScope.own(new Tensor(out.get(ADDRESS, 0), StandIn.ofResult((Object[]) operands)));
    }

    MemorySegment handle() {
        if (handle == null) {
            throw new IllegalStateException("the tensor is closed");
        }
        return handle;
    }

    /** A second handle of the same tensor, for a callee that takes it over. */
    long newHandle(MemorySegment out) {
        Native.check(TorchShim.aoti_torch_new_tensor_handle(handle(), out));
        Reference.reachabilityFence(this);
        return out.get(JAVA_LONG, 0);
    }

    void freeWhenUnreachable() {
        cleanable = UnreachableTensors.register(this, handle, numel() * dtype().elementSize());
    }

    /** Frees this tensor now; its memory goes with the last tensor that shares it. Closing twice is harmless. */
    @Override
    public void close() {
        if (handle == null) {
            return;
        }
        owner = null;
        if (cleanable != null) {
            cleanable.clean();
        } else {
            Native.check(TorchShim.aoti_torch_delete_tensor_object(handle));
        }
        handle = null;
    }

    /** Computes the next tensor of a chain, and frees this one, which nobody else uses. */
    public Tensor into(UnaryOperator<Tensor> next) {
        try {
            return next.apply(this);
        } finally {
            close();
        }
    }

    // ---- creation ----

    /**
     * A float32 tensor on the CPU, filled with the last dimension innermost.
     *
     * @throws IllegalArgumentException if there are more or fewer values than the shape holds
     */
    public static Tensor of(float[] values, long... shape) {
        return filled(ScalarType.FLOAT32, shape, values.length, data -> MemorySegment.copy(values, 0, data, JAVA_FLOAT, 0, values.length));
    }

    /** As {@link #of(float[], long...)}, of float64. */
    public static Tensor of(double[] values, long... shape) {
        return filled(ScalarType.FLOAT64, shape, values.length, data -> MemorySegment.copy(values, 0, data, JAVA_DOUBLE, 0, values.length));
    }

    /** As {@link #of(float[], long...)}, of int64. */
    public static Tensor of(long[] values, long... shape) {
        return filled(ScalarType.INT64, shape, values.length, data -> MemorySegment.copy(values, 0, data, JAVA_LONG, 0, values.length));
    }

    private static Tensor filled(ScalarType type, long[] shape, int count, Consumer<MemorySegment> fill) {
        long expected = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (count != expected) {
            throw new IllegalArgumentException(count + " values for shape " + Arrays.toString(shape) + ", expected " + expected);
        }
        var tensor = empty(type, shape);
        fill.accept(tensor.data());
        return tensor;
    }

    /** A 0-dimensional float64 tensor: as an operand it acts like a plain number and does not widen float tensors. */
    public static Tensor scalar(double value) {
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_scalar_to_tensor_float64(value, out));
        return take(out);
    }

    /** On the CPU, with whatever the memory holds. */
    public static Tensor empty(ScalarType type, long... shape) {
        return empty(Device.CPU, type, shape);
    }

    /** With whatever the memory holds. */
    public static Tensor empty(Device device, ScalarType type, long... shape) {
        return Operator.EMPTY.call(shape, type, null, StandIn.announced(device), null, null);
    }

    /** On the CPU. */
    public static Tensor zeros(ScalarType type, long... shape) {
        return zeros(Device.CPU, type, shape);
    }

    public static Tensor zeros(Device device, ScalarType type, long... shape) {
        return Operator.ZEROS.call(shape, type, null, StandIn.announced(device), null);
    }

    /** On the CPU. */
    public static Tensor ones(ScalarType type, long... shape) {
        return ones(Device.CPU, type, shape);
    }

    public static Tensor ones(Device device, ScalarType type, long... shape) {
        return Operator.ONES.call(shape, type, null, StandIn.announced(device), null);
    }

    /** On the CPU; the value is converted to the type. */
    public static Tensor full(double value, ScalarType type, long... shape) {
        return full(Device.CPU, value, type, shape);
    }

    /** The value is converted to the type. */
    public static Tensor full(Device device, double value, ScalarType type, long... shape) {
        var tensor = empty(device, type, shape);
        tensor.fillInPlace(value);
        return tensor;
    }

    /** Float32 numbers at even distances, bit-equal to PyTorch's {@code linspace}. */
    public static Tensor linspace(double start, double end, int count) {
        try (var scope = new TensorScope()) {
            return scope.keep(Operator.LINSPACE.call(scalar(start), scalar(end), count, ScalarType.FLOAT32, null, null, null));
        }
    }

    /** Normally distributed values, bit-equal to PyTorch's {@code randn} with a CPU generator of the same seed. */
    public static Tensor randn(Generator generator, ScalarType type, long... shape) {
        return generator.normal(type, shape);
    }

    /** Values uniform in [0, 1). */
    public static Tensor rand(Generator generator, ScalarType type, long... shape) {
        return generator.uniform(type, shape);
    }

    /**
     * Whole numbers from 0 to below a bound, bit-equal to PyTorch's {@code randint} with a CPU generator of the same seed.
     *
     * @return int64
     */
    public static Tensor randint(Generator generator, long bound, long... shape) {
        return generator.integers(bound, shape);
    }

    /** A tensor over native memory, without a copy; the memory stays reachable as long as the tensor or a view of it lives. */
    public static Tensor wrap(MemorySegment data, ScalarType type, long... shape) {
        return BorrowedMemory.wrap(data, type, shape);
    }

    // ---- what it is ----

    /** How many dimensions it has, 0 of a scalar. */
    public int dim() {
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_dim(handle(), out));
        return (int) out.get(JAVA_LONG, 0);
    }

    /** The sizes of all dimensions, the innermost last; a copy. */
    public long[] shape() {
        int dim = dim();
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_sizes(handle(), out));
        return dim == 0 ? new long[0] : out.get(ADDRESS, 0).reinterpret(8L * dim).toArray(JAVA_LONG);
    }

    /** @throws ArrayIndexOutOfBoundsException if there is no such dimension */
    public long size(int dim) {
        var shape = shape();
        return shape[dim < 0 ? dim + shape.length : dim];
    }

    /** How many elements it has, 1 of a scalar. */
    public long numel() {
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_numel(handle(), out));
        return out.get(JAVA_LONG, 0);
    }

    public ScalarType dtype() {
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_dtype(handle(), out));
        return ScalarType.ofCode(out.get(JAVA_INT, 0));
    }

    /** Where it lies; of one that only pretends, where it pretends to lie. */
    public Device device() {
        if (standIn != null) {
            return standIn;
        }
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_device_type(handle(), out));
        int type = out.get(JAVA_INT, 0);
        Native.check(TorchShim.aoti_torch_get_device_index(handle(), out));
        return Device.of(type, out.get(JAVA_INT, 0));
    }

    Device standIn() {
        return standIn;
    }

    /** Whether its elements lie without gaps, the last dimension innermost. */
    public boolean isContiguous() {
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_is_contiguous(handle(), out));
        return out.get(JAVA_BOOLEAN, 0);
    }

    /**
     * This tensor's own memory. It is valid as long as the tensor is open.
     *
     * @throws IllegalStateException if the tensor is not contiguous or not on the CPU
     */
    public MemorySegment data() {
        if (!device().isCpu() || !isContiguous()) {
            throw new IllegalStateException("memory of a " + this + ": expected a contiguous tensor on the CPU");
        }
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_data_ptr(handle(), out));
        return out.get(ADDRESS, 0).reinterpret(numel() * dtype().elementSize());
    }

    /** A copy of its values, the last dimension innermost, from any device, type and layout. */
    public float[] toFloats() {
        return hostCopy(ScalarType.FLOAT32, data -> data.toArray(JAVA_FLOAT));
    }

    /** As {@link #toFloats}. */
    public double[] toDoubles() {
        return hostCopy(ScalarType.FLOAT64, data -> data.toArray(JAVA_DOUBLE));
    }

    /** As {@link #toFloats}; fractions are cut off. */
    public long[] toLongs() {
        return hostCopy(ScalarType.INT64, data -> data.toArray(JAVA_LONG));
    }

    private <T> T hostCopy(ScalarType type, Function<MemorySegment, T> read) {
        try (var _ = new TensorScope()) {
            return read.apply(to(Device.CPU).to(type).contiguous().data());
        }
    }

    /** The value of a tensor with one element. */
    public double item() {
        try (var _ = new TensorScope()) {
            var out = Native.out();
            var value = to(ScalarType.FLOAT64).to(Device.CPU);
            Native.check(TorchShim.aoti_torch_item_float64(value.handle(), out));
            return out.get(JAVA_DOUBLE, 0);
        }
    }

    @Override
    public String toString() {
        return handle == null ? "closed tensor" : dtype() + Arrays.toString(shape()) + " tensor on " + device();
    }

    // ---- arithmetic ----

    public Tensor add(Tensor other) {
        return add(other, 1);
    }

    /** {@code this + alpha * other}. */
    public Tensor add(Tensor other, double alpha) {
        if (!dtype().isFloatingPoint() && !other.dtype().isFloatingPoint()) {
            return addIntegers(other, alpha);
        }
        var out = Native.out();
        Native.check(isCpu()
                ? TorchCpuShim.aoti_torch_cpu_add_Tensor(handle(), other.handle(), alpha, out)
                : TorchCudaShim.aoti_torch_cuda_add_Tensor(handle(), other.handle(), alpha, out));
        return take(out, this, other);
    }

    /** The C interface passes alpha as a double, which libtorch refuses for integers; they are exact up to 2^53 here. */
    private Tensor addIntegers(Tensor other, double alpha) {
        try (var scope = new TensorScope()) {
            return scope.keep(to(ScalarType.FLOAT64).add(other.to(ScalarType.FLOAT64), alpha).to(dtype()));
        }
    }

    /** {@code this + value}. */
    public Tensor add(double value) {
        var out = Native.out();
        Native.check(isCpu()
                ? TorchCpuShim.aoti_torch_cpu_add_Scalar(handle(), value, 1, out)
                : TorchCudaShim.aoti_torch_cuda_add_Scalar(handle(), value, 1, out));
        return take(out, this);
    }

    /** {@code this - other}. */
    public Tensor sub(Tensor other) {
        return add(other, -1);
    }

    /** {@code this - value}. */
    public Tensor sub(double value) {
        return add(-value);
    }

    public Tensor mul(Tensor other) {
        return Operator.MUL.call(this, other);
    }

    public Tensor mul(double value) {
        var out = Native.out();
        Native.check(isCpu()
                ? TorchCpuShim.aoti_torch_cpu_mul_Scalar(handle(), value, out)
                : TorchCudaShim.aoti_torch_cuda_mul_Scalar(handle(), value, out));
        return take(out, this);
    }

    /** {@code this / other}; of whole numbers too a fraction, as float32. */
    public Tensor div(Tensor other) {
        return Operator.DIV.call(this, other);
    }

    /** {@code this / value}; of whole numbers too a fraction, as float32. */
    public Tensor div(double value) {
        return withScalar(value, number -> Operator.DIV.call(this, number));
    }

    /** {@code pow.Tensor_Scalar}: NaN where a negative number is taken to a fraction. */
    public Tensor pow(double exponent) {
        var out = Native.out();
        Native.check(isCpu()
                ? TorchCpuShim.aoti_torch_cpu_pow_Tensor_Scalar(handle(), exponent, out)
                : TorchCudaShim.aoti_torch_cuda_pow_Tensor_Scalar(handle(), exponent, out));
        return take(out, this);
    }

    /** {@code pow.Tensor_Tensor}: each element by the exponent in its place. */
    public Tensor pow(Tensor exponent) {
        return Operator.POW.call(this, exponent);
    }

    /** What is left of a division whose quotient is rounded down: it has the sign of the divisor. */
    public Tensor remainder(double divisor) {
        return withScalar(divisor, number -> Operator.REMAINDER.call(this, number));
    }

    public Tensor minimum(Tensor other) {
        return Operator.MINIMUM.call(this, other);
    }

    public Tensor maximum(Tensor other) {
        return Operator.MAXIMUM.call(this, other);
    }

    /** {@code clamp.Tensor}: NaN stays; the limits are converted to this tensor's type. */
    public Tensor clamp(double min, double max) {
        try (var scope = new TensorScope()) {
            return scope.keep(Operator.CLAMP.call(this, limit(min), limit(max)));
        }
    }

    /** Limits must lie where the tensor lies. */
    private Tensor limit(double value) {
        return scalar(value).to(dtype()).to(device());
    }

    private boolean isCpu() {
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_device_type(handle(), out));
        return out.get(JAVA_INT, 0) == Device.Type.CPU.code;
    }

    private static Tensor withScalar(double value, UnaryOperator<Tensor> operation) {
        try (var scope = new TensorScope()) {
            return scope.keep(operation.apply(scalar(value)));
        }
    }

    public Tensor neg() { return Operator.NEG.call(this); }

    public Tensor abs() { return Operator.ABS.call(this); }

    /** -1, 0 or 1. */
    public Tensor sign() { return Operator.SIGN.call(this); }

    public Tensor exp() { return Operator.EXP.call(this); }

    /** {@code exp(this) - 1}, exact near 0. */
    public Tensor expm1() { return Operator.EXPM1.call(this); }

    public Tensor log() { return Operator.LOG.call(this); }

    public Tensor sqrt() { return Operator.SQRT.call(this); }

    /** {@code 1 / sqrt(this)}. */
    public Tensor rsqrt() { return Operator.RSQRT.call(this); }

    public Tensor square() { return Operator.SQUARE.call(this); }

    public Tensor reciprocal() { return Operator.RECIPROCAL.call(this); }

    public Tensor sin() { return Operator.SIN.call(this); }

    public Tensor cos() { return Operator.COS.call(this); }

    public Tensor tan() { return Operator.TAN.call(this); }

    public Tensor atan() { return Operator.ATAN.call(this); }

    public Tensor acos() { return Operator.ACOS.call(this); }

    public Tensor tanh() { return Operator.TANH.call(this); }

    public Tensor erf() { return Operator.ERF.call(this); }

    /** To the nearest whole number, halves to the even one. */
    public Tensor round() { return Operator.ROUND.call(this); }

    public Tensor floor() { return Operator.FLOOR.call(this); }

    /** Towards zero. */
    public Tensor trunc() { return Operator.TRUNC.call(this); }

    public Tensor relu() { return Operator.RELU.call(this); }

    public Tensor sigmoid() { return Operator.SIGMOID.call(this); }

    /** {@code x * sigmoid(x)} (Elfwing et al. 2017). */
    public Tensor silu() { return Operator.SILU.call(this); }

    /** GELU with the error function. */
    public Tensor gelu() { return Operator.GELU.call(this, "none"); }

    /** GELU with the tanh approximation. */
    public Tensor geluTanh() { return Operator.GELU.call(this, "tanh"); }

    /** NaN becomes 0, infinities the largest finite values. */
    public Tensor nanToNum() { return Operator.NAN_TO_NUM.call(this, null, null, null); }

    // ---- comparison: results are BOOL ----

    public Tensor eq(Tensor other) { return Operator.EQ.call(this, other); }

    public Tensor ne(Tensor other) { return Operator.NE.call(this, other); }

    public Tensor gt(Tensor other) { return Operator.GT.call(this, other); }

    public Tensor ge(Tensor other) { return Operator.GE.call(this, other); }

    public Tensor lt(Tensor other) { return Operator.LT.call(this, other); }

    public Tensor le(Tensor other) { return Operator.LE.call(this, other); }

    public Tensor gt(double value) { return withScalar(value, number -> Operator.GT.call(this, number)); }

    public Tensor lt(double value) { return withScalar(value, number -> Operator.LT.call(this, number)); }

    public Tensor logicalNot() { return Operator.LOGICAL_NOT.call(this); }

    /**
     * Elements of the one or the other, all three broadcast.
     *
     * @param condition BOOL
     */
    public static Tensor where(Tensor condition, Tensor yes, Tensor no) {
        return Operator.WHERE.call(condition, yes, no);
    }

    // ---- in place ----

    /** Broadcasts the source into this tensor, from any device and type. */
    public void copyInPlace(Tensor source) {
        Operator.COPY_.callInPlace(this, source, false);
    }

    /** @param other broadcast to this tensor's shape, which stays */
    public void mulInPlace(Tensor other) {
        Operator.MUL_.callInPlace(this, other);
    }

    /** @param other broadcast to this tensor's shape, which stays */
    public void addInPlace(Tensor other) {
        try (var _ = new TensorScope()) {
            copyInPlace(add(other));
        }
    }

    public void siluInPlace() {
        Operator.SILU_.callInPlace(this);
    }

    /** The value is converted to this tensor's type. */
    public void fillInPlace(double value) {
        Native.check(TorchCpuShim.aoti_torch_aten_fill__Scalar(handle(), value));
    }

    // ---- shape ----

    /** Of a tensor whose layout allows it; one size may be -1, which is what is left. */
    public Tensor view(long... shape) { return Operator.VIEW.call(this, shape); }

    /** One size may be -1, which is what is left; copies where the layout does not allow a view. */
    public Tensor reshape(long... shape) { return Operator.RESHAPE.call(this, shape); }

    /** @param dims for each dimension of the result, which of this tensor's it is */
    public Tensor permute(long... dims) { return Operator.PERMUTE.call(this, dims); }

    public Tensor transpose(int dim0, int dim1) { return Operator.TRANSPOSE.call(this, dim0, dim1); }

    /** @param dim of the result: the one of size 1 */
    public Tensor unsqueeze(int dim) { return Operator.UNSQUEEZE.call(this, dim); }

    /** Without the dimension if its size is 1, else as it is. */
    public Tensor squeeze(int dim) { return Operator.SQUEEZE.call(this, dim); }

    /**
     * Makes one dimension of several.
     *
     * @param endDim the last of them
     */
    public Tensor flatten(int startDim, int endDim) { return Operator.FLATTEN.call(this, startDim, endDim); }

    /** Dimensions of size 1 seen as larger ones, without memory of their own; -1 leaves a size as it is. */
    public Tensor expand(long... shape) { return Operator.EXPAND.call(this, shape, false); }

    /** Copies one after the other, {@code [a, b] -> [a * times[0], b * times[1]]}; further times come in front as new dimensions. */
    public Tensor repeat(long... times) { return Operator.REPEAT.call(this, times); }

    /** This tensor if its memory is in order already, else a copy. */
    public Tensor contiguous() { return Operator.CONTIGUOUS.call(this, MemoryFormat.CONTIGUOUS); }

    /** The same values with channels innermost in memory, for tensors [batch, channels, height, width]. */
    public Tensor channelsLast() { return Operator.CONTIGUOUS.call(this, MemoryFormat.CHANNELS_LAST); }

    /** {@code clone}, contiguous. */
    public Tensor copy() { return Operator.CLONE.call(this, MemoryFormat.CONTIGUOUS); }

    /** @param start at which it begins; negative ones count from the end */
    public Tensor narrow(int dim, long start, long length) { return Operator.NARROW.call(this, dim, start, length); }

    /**
     * Every step-th element; bounds beyond the tensor are cut to it, negative ones count from the end.
     *
     * @param end before which it stops
     * @param step 1 or more
     */
    public Tensor slice(int dim, long start, long end, long step) { return Operator.SLICE.call(this, dim, start, end, step); }

    /** One position of a dimension, which is gone from the result. */
    public Tensor select(int dim, long index) { return Operator.SELECT.call(this, dim, index); }

    /** That many parts, the last of which may be shorter; fewer if there are not enough elements. */
    public List<Tensor> chunk(int chunks, int dim) { return Operator.CHUNK.callForList(this, chunks, dim); }

    /** Parts of a size, the last of which may be shorter. */
    public List<Tensor> split(long size, int dim) { return Operator.SPLIT.callForList(this, size, dim); }

    /** @param tensors of one shape but for that dimension */
    public static Tensor cat(List<Tensor> tensors, int dim) { return Operator.CAT.call(tensors, dim); }

    /**
     * @param tensors of one shape
     *
     * @param dim of the result: the new one
     */
    public static Tensor stack(List<Tensor> tensors, int dim) { return Operator.STACK.call(tensors, dim); }

    public Tensor flip(long... dims) { return Operator.FLIP.call(this, dims); }

    /** Turns by 90 degrees from the first dimension towards the second. */
    public Tensor rot90(int times, int dim0, int dim1) { return Operator.ROT90.call(this, times, new long[] {dim0, dim1}); }

    /** @param index {@code [n]}, INT64; positions of the dimension, whose size becomes n */
    public Tensor indexSelect(int dim, Tensor index) { return Operator.INDEX_SELECT.call(this, dim, index); }

    /**
     * For each element of the index, this tensor's element at that position of the dimension.
     *
     * @param index INT64, of as many dimensions, none larger but that one
     */
    public Tensor gather(int dim, Tensor index) { return Operator.GATHER.call(this, dim, index, false); }

    /**
     * Pads the last dimensions.
     *
     * @param mode "constant", "reflect", "replicate" or "circular"
     * @param amounts before and after, for the last dimension first
     */
    public Tensor pad(String mode, double value, long... amounts) {
        return Operator.PAD.call(this, amounts, mode, mode.equals("constant") ? value : null);
    }

    /** Keeps what lies on and above the diagonal. */
    public Tensor triu(int diagonal) { return Operator.TRIU.call(this, diagonal); }

    // ---- reduction ----

    /** 0-dimensional; of whole numbers and BOOL INT64. */
    public Tensor sum() { return Operator.SUM.call(this, null); }

    /** @param keepDim whether the dimension stays, with size 1 */
    public Tensor sum(int dim, boolean keepDim) { return Operator.SUM_DIM.call(this, new long[] {dim}, keepDim, null); }

    /** 0-dimensional; of floating point numbers only. */
    public Tensor mean() { return Operator.MEAN.call(this, null); }

    /** @param keepDim whether the dimension stays, with size 1 */
    public Tensor mean(int dim, boolean keepDim) { return Operator.MEAN_DIM.call(this, new long[] {dim}, keepDim, null); }

    /** 0-dimensional; NaN if there is one. */
    public Tensor max() { return Operator.MAX.call(this); }

    /** 0-dimensional; NaN if there is one. */
    public Tensor min() { return Operator.MIN.call(this); }

    /** @param keepDim whether the dimension stays, with size 1 */
    public Tensor amax(int dim, boolean keepDim) { return Operator.AMAX.call(this, new long[] {dim}, keepDim); }

    /** @param keepDim whether the dimension stays, with size 1 */
    public Tensor amin(int dim, boolean keepDim) { return Operator.AMIN.call(this, new long[] {dim}, keepDim); }

    /** Positions of the largest elements, INT64, without that dimension. */
    public Tensor argmax(int dim) { return Operator.ARGMAX.call(this, (long) dim, false); }

    /** Positions of the smallest elements, INT64, without that dimension. */
    public Tensor argmin(int dim) { return Operator.ARGMIN.call(this, (long) dim, false); }

    /** Sums of each element and all before it. */
    public Tensor cumsum(int dim) { return Operator.CUMSUM.call(this, dim, null); }

    /** Products of each element and all before it. */
    public Tensor cumprod(int dim) { return Operator.CUMPROD.call(this, dim, null); }

    public Tensor softmax(int dim) { return Operator.SOFTMAX.call(this, dim, null); }

    /** The euclidean norm along a dimension, {@code sqrt(sum(x^2))}. */
    public Tensor norm2(int dim, boolean keepDim) {
        try (var scope = new TensorScope()) {
            return scope.keep(square().sum(dim, keepDim).sqrt());
        }
    }

    // ---- layers ----

    /** {@code [..., n, m]} by {@code [..., m, p]} is {@code [..., n, p]}; what is in front is broadcast. */
    public Tensor matmul(Tensor other) { return Operator.MATMUL.call(this, other); }

    /**
     * What a matrix is the product of, {@code left * diag(values) * right}.
     *
     * @param left {@code [rows, n]} with orthonormal columns, n being the smaller of rows and columns
     * @param values {@code [n]}, falling
     * @param right {@code [n, columns]} with orthonormal rows
     */
    public record SingularValues(Tensor left, Tensor values, Tensor right) {}

    /** The singular values of a matrix {@code [rows, columns]} with their vectors. */
    public SingularValues singularValues() {
        var factors = Operator.LINALG_SVD.callForSeveral(this, false, null);
        return new SingularValues(factors.get(0), factors.get(1), factors.get(2));
    }

    /** The inverses of square matrices in the last two dimensions. */
    public Tensor inverse() { return Operator.LINALG_INV.call(this); }

    /**
     * {@code x W^T + b}.
     *
     * @param weight [out, in]
     * @param bias [out] or null
     */
    public Tensor linear(Tensor weight, Tensor bias) { return Operator.LINEAR.call(this, weight, bias); }

    /**
     * Convolution of [batch, in, height, width].
     *
     * @param weight [out, in, height, width]
     * @param bias [out] or null
     */
    public Tensor conv2d(Tensor weight, Tensor bias, long stride, long padding) {
        return Operator.CONV2D.call(this, weight, bias, new long[] {stride, stride}, new long[] {padding, padding}, new long[] {1, 1}, 1);
    }

    /**
     * Group normalisation (Wu and He 2018) of {@code [batch, channels, ...]}, over each group of channels.
     *
     * @param weight {@code [channels]} or null
     * @param bias {@code [channels]} or null
     * @param eps added to the variance
     */
    public Tensor groupNorm(int groups, Tensor weight, Tensor bias, double eps) {
        return Operator.GROUP_NORM.call(this, groups, weight, bias, eps, true);
    }

    /** Normalisation over the last dimension, scaled and shifted by weight and bias, which may be null. */
    public Tensor layerNorm(Tensor weight, Tensor bias, double eps) {
        return Operator.LAYER_NORM.call(this, new long[] {size(-1)}, weight, bias, eps, true);
    }

    /** Rows of this table [count, width] at the given INT64 ids, of shape [..., width]. */
    public Tensor embedding(Tensor ids) {
        return Operator.EMBEDDING.call(this, ids, -1, false, false);
    }

    /**
     * Scaled dot product attention of [batch, heads, tokens, width] tensors.
     *
     * @param mask added to the scores, or null
     * @param scale of the scores, or null for 1/sqrt(width)
     */
    public static Tensor attention(Tensor query, Tensor key, Tensor value, Tensor mask, boolean causal, Double scale) {
        return Operator.ATTENTION.call(query, key, value, mask, 0.0, causal, scale, false);
    }

    /** {@code upsample_nearest2d} of [batch, channels, height, width]: pixel i is source pixel {@code floor(i * source / target)}. */
    public Tensor upsampleNearest(long height, long width) {
        return Operator.UPSAMPLE_NEAREST2D.call(this, new long[] {height, width}, null, null);
    }

    /** As {@link #upsampleNearest}, but by the middle of each pixel: {@code floor((i + 0.5) * source / target)}. */
    public Tensor upsampleNearestExact(long height, long width) {
        return Operator.UPSAMPLE_NEAREST_EXACT2D.call(this, new long[] {height, width}, null, null);
    }

    /** {@code upsample_bilinear2d} of {@code [batch, channels, height, width]}, corners not aligned; no filter where it makes smaller. */
    public Tensor upsampleBilinear(long height, long width) {
        return Operator.UPSAMPLE_BILINEAR2D.call(this, new long[] {height, width}, false, null, null);
    }

    /** {@code upsample_bicubic2d} (a = -0.75) of {@code [batch, channels, height, width]}, corners not aligned; may overshoot. */
    public Tensor upsampleBicubic(long height, long width) {
        return Operator.UPSAMPLE_BICUBIC2D.call(this, new long[] {height, width}, false, null, null);
    }

    /** Like {@link #upsampleBicubic}, with a wider filter where it makes smaller, so that no pixel is passed over. */
    public Tensor bicubicAntialiased(long height, long width) {
        return Operator.UPSAMPLE_BICUBIC2D_AA.call(this, new long[] {height, width}, false, null, null);
    }

    /** Each result pixel is the mean of the area that it covers. */
    public Tensor areaResize(long height, long width) {
        return Operator.ADAPTIVE_AVG_POOL2D.call(this, new long[] {height, width});
    }

    /** {@code [..., c * factor^2, h, w]} to {@code [..., c, h * factor, w * factor]} (Shi et al. 2016). */
    public Tensor pixelShuffle(int factor) { return Operator.PIXEL_SHUFFLE.call(this, factor); }

    /** {@code [..., c, h * factor, w * factor]} to {@code [..., c * factor^2, h, w]}. */
    public Tensor pixelUnshuffle(int factor) { return Operator.PIXEL_UNSHUFFLE.call(this, factor); }

    // ---- conversion ----

    /** This tensor if it has the type already, else a converted copy. */
    public Tensor to(ScalarType type) {
        return Operator.TO_TYPE.call(this, type, false, false, null);
    }

    /** This tensor if it lies there already, else a copy on the device. */
    public Tensor to(Device device) {
        // What only seems to move must not share memory either.
        boolean seems = !Objects.equals(standIn, device.isStandIn() ? device : null);
        return Operator.TO_DEVICE.call(this, StandIn.announced(device), dtype(), false, seems, null);
    }
}
