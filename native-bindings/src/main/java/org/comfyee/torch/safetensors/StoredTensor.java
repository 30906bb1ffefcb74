package org.comfyee.torch.safetensors;

import org.comfyee.torch.ScalarType;

/**
 * An entry of a safetensors header.
 *
 * @param start first byte, counted from the end of the header
 * @param end the byte after the last
 */
record StoredTensor(ScalarType type, long[] shape, long start, long end) {

    static String nameOf(ScalarType type) {
        return switch (type) {
            case UINT8 -> "U8";
            case INT8 -> "I8";
            case INT16 -> "I16";
            case INT32 -> "I32";
            case INT64 -> "I64";
            case FLOAT16 -> "F16";
            case FLOAT32 -> "F32";
            case FLOAT64 -> "F64";
            case BOOL -> "BOOL";
            case BFLOAT16 -> "BF16";
            case FLOAT8_E5M2 -> "F8_E5M2";
            case FLOAT8_E4M3FN -> "F8_E4M3";
        };
    }
}
