package org.comfyee.torch;

/** Order of a tensor's dimensions in memory, with the numbers of {@code c10::MemoryFormat}. */
enum MemoryFormat {
    CONTIGUOUS(0),
    PRESERVE(1),
    CHANNELS_LAST(2);

    final int code;

    MemoryFormat(int code) {
        this.code = code;
    }
}
