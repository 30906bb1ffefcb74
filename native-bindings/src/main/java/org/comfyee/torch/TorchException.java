package org.comfyee.torch;

/** An operation that libtorch refused; the message is libtorch's own text. */
public final class TorchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message libtorch's text, by which {@link #outOfMemory} tells */
    public TorchException(String message) {
        super(message);
    }

    public TorchException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether libtorch gave up for lack of memory, on the host or on a device. */
    public boolean outOfMemory() {
        var text = getMessage();
        return text.contains("out of memory") || text.contains("can't allocate memory") || text.contains("not enough memory");
    }

    /** Whether it was a GPU that lacked memory. */
    public boolean outOfGpuMemory() {
        return outOfMemory() && getMessage().contains("CUDA");
    }
}
