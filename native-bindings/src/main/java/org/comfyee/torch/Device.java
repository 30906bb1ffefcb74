package org.comfyee.torch;

/**
 * Where a tensor's memory lies.
 *
 * @param index its number among the devices of its type; -1 of the CPU
 */
public record Device(Type type, int index) {

    /** Kinds of devices, with the numbers of {@code c10::DeviceType}. */
    public enum Type {
        CPU(0),
        CUDA(1),
        /** The CPU under another name. */
        STAND_IN(0);

        final int code;

        Type(int code) {
            this.code = code;
        }
    }

    public static final Device CPU = new Device(Type.CPU, -1);

    /**
     * Shows without a GPU whether a program would do on one: tensors there are the CPU's in truth, but no operator takes
     * them together with others, and their memory is not to be had.
     */
    public static final Device STAND_IN = standIn(0);

    /** One of several devices like {@link #STAND_IN}, which is number 0; tensors of different ones do not go together either. */
    public static Device standIn(int index) {
        return new Device(Type.STAND_IN, index);
    }

    /**
     * @param index from 0
     * @throws IllegalArgumentException if it is negative
     */
    public static Device cuda(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("CUDA device " + index + ": expected 0 or more");
        }
        return new Device(Type.CUDA, index);
    }

    static Device of(int typeCode, int index) {
        return switch (typeCode) {
            case 0 -> CPU;
            case 1 -> new Device(Type.CUDA, index);
            default -> throw new TorchException("unsupported device type number " + typeCode);
        };
    }

    /** Whether it is the CPU under its own name; {@link #STAND_IN} is not. */
    public boolean isCpu() {
        return type == Type.CPU;
    }

    boolean isStandIn() {
        return type == Type.STAND_IN;
    }

    boolean isCuda() {
        return type == Type.CUDA;
    }

    /** As libtorch is told it: type in the upper half, number in the lower. */
    long code() {
        return (long) type.code << 32 | (isCuda() ? index : -1) & 0xffffffffL;
    }

    @Override
    public String toString() {
        return switch (type) {
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
            case STAND_IN -> "stand-in:" + index;
        };
    }
}
