package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.comfyee.torch.ffm.TorchShim;

/** The edge to libtorch: status codes become exceptions, and each thread has scratch memory for arguments and results. */
final class Native {

    /** Version of the headers that the bindings were made from; libtorch adapts its calling convention to it. */
    static final long BINDINGS_ABI = 0x020d000000000000L;

    private static final int MAX_ARGUMENTS = 32;

    /** Memory that one thread reuses for every call. */
    static final class Scratch {
        /** Arguments and results of a dispatcher call, one 64-bit value each. */
        final MemorySegment stack = Arena.global().allocate(JAVA_LONG, MAX_ARGUMENTS);

        /** Where a call writes its one result. */
        final MemorySegment out = Arena.global().allocate(JAVA_LONG, 8);
    }

    // Never freed: threads that run torch are few and pooled, and a stale pointer here would corrupt the process.
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private Native() {}

    static Scratch scratch() {
        return SCRATCH.get();
    }

    static MemorySegment out() {
        return SCRATCH.get().out;
    }

    static void check(int status) {
        if (status != 0) {
            throw new TorchException(lastError());
        }
    }

    private static String lastError() {
        if (!Torch.symbol("torch_exception_get_what_without_backtrace").isPresent()) {
            return "libtorch " + Torch.version() + " refused the operation; libtorch 2.13 or newer also tells why";
        }
        var text = TorchShim.torch_exception_get_what_without_backtrace();
        return text.equals(MemorySegment.NULL) ? "libtorch gave no reason" : string(text).strip();
    }

    static String string(MemorySegment cString) {
        return cString.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** An optional argument's box; the callee frees it. */
    static MemorySegment newBox(MemorySegment out) {
        if (Boxes.NEW_OPERATOR == null) {
            check(TorchShim.torch_new_stable_ivalue(out));
            return out.get(ADDRESS, 0).reinterpret(8);
        }
        try {
            return ((MemorySegment) Boxes.NEW_OPERATOR.invokeExact(8L)).reinterpret(8);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** libtorch before 2.13 has no function for a box, but it is plain {@code operator new} memory. */
    private static final class Boxes {
        static final MethodHandle NEW_OPERATOR = Torch.symbol("torch_new_stable_ivalue").isPresent()
                ? null
                : function(Torch.symbol("_Znwm").or(() -> SymbolLookup.libraryLookup("libstdc++.so.6", Arena.global()).find("_Znwm"))
                        .orElseThrow(() -> missing("_Znwm")), FunctionDescriptor.of(ADDRESS, JAVA_LONG));
    }

    static MethodHandle function(String symbol, FunctionDescriptor descriptor) {
        return function(Torch.symbol(symbol).orElseThrow(() -> missing(symbol)), descriptor);
    }

    private static MethodHandle function(MemorySegment address, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(address, descriptor);
    }

    private static TorchException missing(String symbol) {
        return new TorchException("libtorch " + Torch.version() + " lacks the function " + symbol);
    }

    static RuntimeException rethrow(Throwable e) {
        switch (e) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new IllegalStateException(e);
        }
    }
}
