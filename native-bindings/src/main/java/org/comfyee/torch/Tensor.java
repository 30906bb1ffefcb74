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

    public static Tensor of(float[] values, long... shape) {
        return filled(ScalarType.FLOAT32, shape, values.length, data -> MemorySegment.copy(values, 0, data, JAVA_FLOAT, 0, values.length));
    }

    public static Tensor of(double[] values, long... shape) {
        return filled(ScalarType.FLOAT64, shape, values.length, data -> MemorySegment.copy(values, 0, data, JAVA_DOUBLE, 0, values.length));
    }

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

    public static Tensor empty(ScalarType type, long... shape) {
        return empty(Device.CPU, type, shape);
    }

    public static Tensor empty(Device device, ScalarType type, long... shape) {
        return Operator.EMPTY.call(shape, type, null, StandIn.announced(device), null, null);
    }

    public static Tensor zeros(ScalarType type, long... shape) {
        return zeros(Device.CPU, type, shape);
    }

    public static Tensor zeros(Device device, ScalarType type, long... shape) {
        return Operator.ZEROS.call(shape, type, null, StandIn.announced(device), null);
    }

    public static Tensor ones(ScalarType type, long... shape) {
        return ones(Device.CPU, type, shape);
    }

    public static Tensor ones(Device device, ScalarType type, long... shape) {
        return Operator.ONES.call(shape, type, null, StandIn.announced(device), null);
    }

    public static Tensor full(double value, ScalarType type, long... shape) {
        return full(Device.CPU, value, type, shape);
    }

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

    public int dim() {
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_dim(handle(), out));
        return (int) out.get(JAVA_LONG, 0);
    }

    public long[] shape() {
        int dim = dim();
        var out = Native.out();
        Native.check(TorchShim.aoti_torch_get_sizes(handle(), out));
        return dim == 0 ? new long[0] : out.get(ADDRESS, 0).reinterpret(8L * dim).toArray(JAVA_LONG);
    }

    public long size(int dim) {
        var shape = shape();
        return shape[dim < 0 ? dim + shape.length : dim];
    }

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

    public float[] toFloats() {
        return hostCopy(ScalarType.FLOAT32, data -> data.toArray(JAVA_FLOAT));
    }

    public double[] toDoubles() {
        return hostCopy(ScalarType.FLOAT64, data -> data.toArray(JAVA_DOUBLE));
    }

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

    public Tensor add(double value) {
        var out = Native.out();
        Native.check(isCpu()
                ? TorchCpuShim.aoti_torch_cpu_add_Scalar(handle(), value, 1, out)
                : TorchCudaShim.aoti_torch_cuda_add_Scalar(handle(), value, 1, out));
        return take(out, this);
    }

    public Tensor sub(Tensor other) {
        return add(other, -1);
    }

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

    public Tensor div(Tensor other) {
        return Operator.DIV.call(this, other);
    }

    public Tensor div(double value) {
        return withScalar(value, number -> Operator.DIV.call(this, number));
    }

    public Tensor pow(double exponent) {
        var out = Native.out();
        Native.check(isCpu()
                ? TorchCpuShim.aoti_torch_cpu_pow_Tensor_Scalar(handle(), exponent, out)
                : TorchCudaShim.aoti_torch_cuda_pow_Tensor_Scalar(handle(), exponent, out));
        return take(out, this);
    }

    public Tensor pow(Tensor exponent) {
        return Operator.POW.call(this, exponent);
    }

    public Tensor remainder(double divisor) {
        return withScalar(divisor, number -> Operator.REMAINDER.call(this, number));
    }

    public Tensor minimum(Tensor other) {
        return Operator.MINIMUM.call(this, other);
    }

    public Tensor maximum(Tensor other) {
        return Operator.MAXIMUM.call(this, other);
    }

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

    public Tensor sign() { return Operator.SIGN.call(this); }

    public Tensor exp() { return Operator.EXP.call(this); }

    public Tensor expm1() { return Operator.EXPM1.call(this); }

    public Tensor log() { return Operator.LOG.call(this); }

    public Tensor sqrt() { return Operator.SQRT.call(this); }

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

    public Tensor round() { return Operator.ROUND.call(this); }

    public Tensor floor() { return Operator.FLOOR.call(this); }

    public Tensor trunc() { return Operator.TRUNC.call(this); }

    public Tensor relu() { return Operator.RELU.call(this); }

    public Tensor sigmoid() { return Operator.SIGMOID.call(this); }

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

    public static Tensor where(Tensor condition, Tensor yes, Tensor no) {
        return Operator.WHERE.call(condition, yes, no);
    }

    // ---- in place ----

    public void copyInPlace(Tensor source) {
        Operator.COPY_.callInPlace(this, source, false);
    }

    public void mulInPlace(Tensor other) {
        Operator.MUL_.callInPlace(this, other);
    }

    public void addInPlace(Tensor other) {
        try (var _ = new TensorScope()) {
            copyInPlace(add(other));
        }
    }

    public void siluInPlace() {
        Operator.SILU_.callInPlace(this);
    }

    public void fillInPlace(double value) {
        Native.check(TorchCpuShim.aoti_torch_aten_fill__Scalar(handle(), value));
    }

    // ---- shape ----

    public Tensor view(long... shape) { return Operator.VIEW.call(this, shape); }

    public Tensor reshape(long... shape) { return Operator.RESHAPE.call(this, shape); }

    public Tensor permute(long... dims) { return Operator.PERMUTE.call(this, dims); }

    public Tensor transpose(int dim0, int dim1) { return Operator.TRANSPOSE.call(this, dim0, dim1); }

    public Tensor unsqueeze(int dim) { return Operator.UNSQUEEZE.call(this, dim); }

    public Tensor squeeze(int dim) { return Operator.SQUEEZE.call(this, dim); }

    public Tensor flatten(int startDim, int endDim) { return Operator.FLATTEN.call(this, startDim, endDim); }

    public Tensor expand(long... shape) { return Operator.EXPAND.call(this, shape, false); }

    public Tensor repeat(long... times) { return Operator.REPEAT.call(this, times); }

    public Tensor contiguous() { return Operator.CONTIGUOUS.call(this, MemoryFormat.CONTIGUOUS); }

    /** The same values with channels innermost in memory, for tensors [batch, channels, height, width]. */
    public Tensor channelsLast() { return Operator.CONTIGUOUS.call(this, MemoryFormat.CHANNELS_LAST); }

    public Tensor copy() { return Operator.CLONE.call(this, MemoryFormat.CONTIGUOUS); }

    public Tensor narrow(int dim, long start, long length) { return Operator.NARROW.call(this, dim, start, length); }

    public Tensor slice(int dim, long start, long end, long step) { return Operator.SLICE.call(this, dim, start, end, step); }

    public Tensor select(int dim, long index) { return Operator.SELECT.call(this, dim, index); }

    public List<Tensor> chunk(int chunks, int dim) { return Operator.CHUNK.callForList(this, chunks, dim); }

    public List<Tensor> split(long size, int dim) { return Operator.SPLIT.callForList(this, size, dim); }

    public static Tensor cat(List<Tensor> tensors, int dim) { return Operator.CAT.call(tensors, dim); }

    public static Tensor stack(List<Tensor> tensors, int dim) { return Operator.STACK.call(tensors, dim); }

    public Tensor flip(long... dims) { return Operator.FLIP.call(this, dims); }

    public Tensor rot90(int times, int dim0, int dim1) { return Operator.ROT90.call(this, times, new long[] {dim0, dim1}); }

    public Tensor indexSelect(int dim, Tensor index) { return Operator.INDEX_SELECT.call(this, dim, index); }

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

    public Tensor sum() { return Operator.SUM.call(this, null); }

    public Tensor sum(int dim, boolean keepDim) { return Operator.SUM_DIM.call(this, new long[] {dim}, keepDim, null); }

    public Tensor mean() { return Operator.MEAN.call(this, null); }

    public Tensor mean(int dim, boolean keepDim) { return Operator.MEAN_DIM.call(this, new long[] {dim}, keepDim, null); }

    public Tensor max() { return Operator.MAX.call(this); }

    public Tensor min() { return Operator.MIN.call(this); }

    public Tensor amax(int dim, boolean keepDim) { return Operator.AMAX.call(this, new long[] {dim}, keepDim); }

    public Tensor amin(int dim, boolean keepDim) { return Operator.AMIN.call(this, new long[] {dim}, keepDim); }

    public Tensor argmax(int dim) { return Operator.ARGMAX.call(this, (long) dim, false); }

    public Tensor argmin(int dim) { return Operator.ARGMIN.call(this, (long) dim, false); }

    public Tensor cumsum(int dim) { return Operator.CUMSUM.call(this, dim, null); }

    public Tensor cumprod(int dim) { return Operator.CUMPROD.call(this, dim, null); }

    public Tensor softmax(int dim) { return Operator.SOFTMAX.call(this, dim, null); }

    /** The euclidean norm along a dimension. */
    public Tensor norm2(int dim, boolean keepDim) {
        try (var scope = new TensorScope()) {
            return scope.keep(square().sum(dim, keepDim).sqrt());
        }
    }

    // ---- layers ----

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

    public Tensor upsampleNearest(long height, long width) {
        return Operator.UPSAMPLE_NEAREST2D.call(this, new long[] {height, width}, null, null);
    }

    public Tensor upsampleNearestExact(long height, long width) {
        return Operator.UPSAMPLE_NEAREST_EXACT2D.call(this, new long[] {height, width}, null, null);
    }

    public Tensor upsampleBilinear(long height, long width) {
        return Operator.UPSAMPLE_BILINEAR2D.call(this, new long[] {height, width}, false, null, null);
    }

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

    public Tensor pixelShuffle(int factor) { return Operator.PIXEL_SHUFFLE.call(this, factor); }

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
