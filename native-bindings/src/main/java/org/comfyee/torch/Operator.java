package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.torch.ffm.TorchShim;

/**
 * The operators that are called through libtorch's dispatcher, each with its schema as libtorch declares it.
 *
 * <p>libtorch does not check the number of values that a call passes: a wrong schema would read garbage. A test therefore
 * holds every schema here against the declarations inside the library.
 */
enum Operator {
    ABS("abs(Tensor self) -> Tensor"),
    ACOS("acos(Tensor self) -> Tensor"),
    ADAPTIVE_AVG_POOL2D("adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor"),
    AMAX("amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor"),
    AMIN("amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor"),
    ARGMAX("argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor"),
    ARGMIN("argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor"),
    ATAN("atan(Tensor self) -> Tensor"),
    CAT("cat(Tensor[] tensors, int dim=0) -> Tensor"),
    CHUNK("chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]"),
    CLAMP("clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor"),
    CLONE("clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor"),
    CONTIGUOUS("contiguous(Tensor(a) self, *, MemoryFormat memory_format=contiguous_format) -> Tensor(a)"),
    CONV2D("conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, SymInt[2] padding=0, SymInt[2] dilation=1, SymInt groups=1) -> Tensor"),
    COPY_("copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)"),
    COS("cos(Tensor self) -> Tensor"),
    CUMPROD("cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor"),
    CUMSUM("cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor"),
    DIV("div.Tensor(Tensor self, Tensor other) -> Tensor"),
    EMBEDDING("embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor"),
    EMPTY("empty.memory_format(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor"),
    EQ("eq.Tensor(Tensor self, Tensor other) -> Tensor"),
    ERF("erf(Tensor self) -> Tensor"),
    EXP("exp(Tensor self) -> Tensor"),
    EXPAND("expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)"),
    EXPM1("expm1(Tensor self) -> Tensor"),
    FLATTEN("flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)"),
    FLIP("flip(Tensor self, int[] dims) -> Tensor"),
    FLOOR("floor(Tensor self) -> Tensor"),
    GATHER("gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor"),
    GE("ge.Tensor(Tensor self, Tensor other) -> Tensor"),
    GELU("gelu(Tensor self, *, str approximate='none') -> Tensor"),
    GROUP_NORM("group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True) -> Tensor"),
    GT("gt.Tensor(Tensor self, Tensor other) -> Tensor"),
    INDEX_SELECT("index_select(Tensor self, int dim, Tensor index) -> Tensor"),
    LAYER_NORM("layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True) -> Tensor"),
    LE("le.Tensor(Tensor self, Tensor other) -> Tensor"),
    LINALG_INV("linalg_inv(Tensor A) -> Tensor"),
    LINALG_SVD("linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)"),
    LINEAR("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor"),
    LINSPACE("linspace.Tensor_Tensor(Tensor start, Tensor end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"),
    LOG("log(Tensor self) -> Tensor"),
    LOGICAL_NOT("logical_not(Tensor self) -> Tensor"),
    LAYOUT_OF_PACKED("mkldnn::_get_mkldnn_serialized_md (Tensor mkldnn_tensor) -> Tensor"),
    LT("lt.Tensor(Tensor self, Tensor other) -> Tensor"),
    MATMUL("matmul(Tensor self, Tensor other) -> Tensor"),
    MAX("max(Tensor self) -> Tensor"),
    MAXIMUM("maximum(Tensor self, Tensor other) -> Tensor"),
    MEAN("mean(Tensor self, *, ScalarType? dtype=None) -> Tensor"),
    MEAN_DIM("mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor"),
    MIN("min(Tensor self) -> Tensor"),
    MINIMUM("minimum(Tensor self, Tensor other) -> Tensor"),
    MUL("mul.Tensor(Tensor self, Tensor other) -> Tensor"),
    MUL_("mul_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)"),
    NAN_TO_NUM("nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor"),
    NARROW("narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)"),
    NE("ne.Tensor(Tensor self, Tensor other) -> Tensor"),
    NEG("neg(Tensor self) -> Tensor"),
    ONES("ones(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"),
    PACK_CONVOLUTION("mkldnn::_reorder_convolution_weight(Tensor self, int[2] padding=0, int[2] stride=1, int[2] dilation=1, int groups=1, int[]? input_size=None) -> Tensor Y"),
    PAD("pad(Tensor self, SymInt[] pad, str mode=\"constant\", float? value=None) -> Tensor"),
    PERMUTE("permute(Tensor(a) self, int[] dims) -> Tensor(a)"),
    PIXEL_SHUFFLE("pixel_shuffle(Tensor self, int upscale_factor) -> Tensor"),
    PIXEL_UNSHUFFLE("pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor"),
    POW("pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor"),
    RECIPROCAL("reciprocal(Tensor self) -> Tensor"),
    RELU("relu(Tensor self) -> Tensor"),
    REMAINDER("remainder.Tensor(Tensor self, Tensor other) -> Tensor"),
    REPACK_CONVOLUTION("mkldnn_reorder_conv2d_weight(Tensor self, SymInt[2] padding=0, SymInt[2] stride=1, SymInt[2] dilation=1, SymInt groups=1, SymInt[]? input_size=None) -> Tensor"),
    REPEAT("repeat(Tensor self, SymInt[] repeats) -> Tensor"),
    RESHAPE("reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)"),
    ROT90("rot90(Tensor self, int k=1, int[] dims=[0,1]) -> Tensor"),
    ROUND("round(Tensor self) -> Tensor"),
    RSQRT("rsqrt(Tensor self) -> Tensor"),
    ATTENTION("scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor"),
    SELECT("select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)"),
    SIGMOID("sigmoid(Tensor self) -> Tensor"),
    SIGN("sign(Tensor self) -> Tensor"),
    SILU("silu(Tensor self) -> Tensor"),
    SILU_("silu_(Tensor(a!) self) -> Tensor(a!)"),
    SIN("sin(Tensor self) -> Tensor"),
    SLICE("slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)"),
    SOFTMAX("softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor"),
    SPLIT("split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]"),
    SQRT("sqrt(Tensor self) -> Tensor"),
    SQUARE("square(Tensor self) -> Tensor"),
    SQUEEZE("squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)"),
    STACK("stack(Tensor[] tensors, int dim=0) -> Tensor"),
    SUM("sum(Tensor self, *, ScalarType? dtype=None) -> Tensor"),
    SUM_DIM("sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor"),
    TAN("tan(Tensor self) -> Tensor"),
    TANH("tanh(Tensor self) -> Tensor"),
    TO_DEVICE("to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)"),
    TO_TYPE("to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)"),
    TRANSPOSE("transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)"),
    TRIU("triu(Tensor self, SymInt diagonal=0) -> Tensor"),
    TRUNC("trunc(Tensor self) -> Tensor"),
    UNSQUEEZE("unsqueeze(Tensor(a) self, int dim) -> Tensor(a)"),
    UPSAMPLE_BICUBIC2D("upsample_bicubic2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor"),
    UPSAMPLE_BICUBIC2D_AA("_upsample_bicubic2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor"),
    UPSAMPLE_BILINEAR2D("upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor"),
    UPSAMPLE_NEAREST2D("upsample_nearest2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor"),
    UPSAMPLE_NEAREST_EXACT2D("_upsample_nearest_exact2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor"),
    VIEW("view(Tensor(a) self, SymInt[] size) -> Tensor(a)"),
    WHERE("where.self(Tensor condition, Tensor self, Tensor other) -> Tensor"),
    ZEROS("zeros(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor");

    final String declaration;
    private final Schema schema;
    private final MemorySegment name;
    private final MemorySegment overload;

    Operator(String declaration) {
        this.declaration = declaration;
        this.schema = Schema.parse(declaration);
        this.name = Arena.global().allocateFrom(schema.name().contains("::") ? schema.name() : "aten::" + schema.name());
        this.overload = Arena.global().allocateFrom(schema.overload());
    }

    /** Calls an operator that returns one tensor, which joins the current scope. {@code null} is an optional's none. */
    Tensor call(Object... arguments) {
        var standIn = StandIn.ofResult(arguments);
        return TensorScope.own(new Tensor(MemorySegment.ofAddress(dispatch(arguments).get(JAVA_LONG, 0)), standIn));
    }

    /** Calls an operator that changes its first argument in place. */
    void callInPlace(Object... arguments) {
        if (this != COPY_) {
            StandIn.ofResult(arguments);
        }
        // The result is a second handle of the first argument.
        Native.check(TorchShim.aoti_torch_delete_tensor_object(dispatch(arguments).get(ADDRESS, 0)));
    }

    /** Calls an operator that returns a list of tensors, which join the current scope. */
    List<Tensor> callForList(Object... arguments) {
        var standIn = StandIn.ofResult(arguments);
        var list = dispatch(arguments).get(ADDRESS, 0);
        var out = Native.out();
        Native.check(TorchShim.torch_list_size(list, out));
        long size = out.get(JAVA_LONG, 0);
        var tensors = new ArrayList<Tensor>((int) size);
        for (long i = 0; i < size; i++) {
            Native.check(TorchShim.torch_list_get_item(list, i, out));
            tensors.add(TensorScope.own(new Tensor(out.get(ADDRESS, 0), standIn)));
        }
        Native.check(TorchShim.torch_delete_list(list));
        return tensors;
    }

    /** Calls an operator that returns several tensors, which join the current scope. */
    List<Tensor> callForSeveral(Object... arguments) {
        var standIn = StandIn.ofResult(arguments);
        var results = dispatch(arguments);
        var tensors = new ArrayList<Tensor>();
        for (int i = 0; i < schema.results().size(); i++) {
            tensors.add(TensorScope.own(new Tensor(results.getAtIndex(ADDRESS, i), standIn)));
        }
        return tensors;
    }

    private MemorySegment dispatch(Object[] values) {
        var arguments = schema.arguments();
        if (values.length != arguments.size()) {
            throw new IllegalArgumentException(declaration + ": " + values.length + " arguments, expected " + arguments.size());
        }
        var scratch = Native.scratch();
        for (int i = 0; i < values.length; i++) {
            scratch.stack.setAtIndex(JAVA_LONG, i, encode(arguments.get(i), values[i], scratch.out));
        }
        Native.check(TorchShim.torch_call_dispatcher(name, overload, scratch.stack, Native.BINDINGS_ABI));
        return scratch.stack;
    }

    private static long encode(Schema.Argument argument, Object value, MemorySegment out) {
        if (!argument.optional()) {
            return encode(argument.kind(), value, out);
        }
        if (value == null) {
            return 0;
        }
        long inner = encode(argument.kind(), value, out);
        var box = Native.newBox(out);
        box.set(JAVA_LONG, 0, inner);
        return box.address();
    }

    private static long encode(Schema.Kind kind, Object value, MemorySegment out) {
        return switch (kind) {
            case TENSOR -> ((Tensor) value).newHandle(out);
            case TENSOR_LIST -> {
                var tensors = (List<?>) value;
                var list = newList(tensors.size(), out);
                for (var tensor : tensors) {
                    Native.check(TorchShim.torch_list_push_back(list, ((Tensor) tensor).newHandle(out)));
                }
                yield list.address();
            }
            case INT_LIST -> {
                var numbers = (long[]) value;
                var list = newList(numbers.length, out);
                for (long number : numbers) {
                    Native.check(TorchShim.torch_list_push_back(list, number));
                }
                yield list.address();
            }
            case INT -> ((Number) value).longValue();
            case FLOAT -> Double.doubleToRawLongBits((Double) value);
            case BOOL -> (Boolean) value ? 1 : 0;
            case SCALAR_TYPE -> ((ScalarType) value).code;
            case DEVICE -> ((Device) value).code();
            case MEMORY_FORMAT -> ((MemoryFormat) value).code;
            case STRING -> {
                try (var arena = Arena.ofConfined()) {
                    var bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
                    Native.check(TorchShim.torch_new_string_handle(arena.allocateFrom(JAVA_BYTE, bytes), bytes.length, out));
                    yield out.get(JAVA_LONG, 0);
                }
            }
            case LAYOUT, GENERATOR -> throw new IllegalArgumentException(kind + " can only be left out");
        };
    }

    private static MemorySegment newList(int size, MemorySegment out) {
        Native.check(TorchShim.torch_new_list_reserve_size(size, out));
        return out.get(ADDRESS, 0);
    }
}
