package org.comfyee.torch;

/** Element types of tensors, with libtorch's own numbers ({@code c10::ScalarType}, stable since 1.0). */
public enum ScalarType {
    UINT8(0, 1),
    INT8(1, 1),
    INT16(2, 2),
    INT32(3, 4),
    INT64(4, 8),
    FLOAT16(5, 2),
    FLOAT32(6, 4),
    FLOAT64(7, 8),
    BOOL(11, 1),
    BFLOAT16(15, 2),
    FLOAT8_E5M2(23, 1),
    FLOAT8_E4M3FN(24, 1);

    private static final ScalarType[] BY_CODE = new ScalarType[32];

    static {
        for (var type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    final int code;
    private final int elementSize;

    ScalarType(int code, int elementSize) {
        this.code = code;
        this.elementSize = elementSize;
    }

    /** Bytes of one element. */
    public long elementSize() {
        return elementSize;
    }

    /** Whether it holds fractions, as the types of 8 bits with an exponent do too. */
    public boolean isFloatingPoint() {
        return switch (this) {
            case FLOAT16, FLOAT32, FLOAT64, BFLOAT16, FLOAT8_E5M2, FLOAT8_E4M3FN -> true;
            default -> false;
        };
    }

    static ScalarType ofCode(int code) {
        var type = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (type == null) {
            throw new TorchException("unsupported element type number " + code);
        }
        return type;
    }
}
