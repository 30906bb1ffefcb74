package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.comfyee.torch.ffm.TorchShim;

/** Loads libtorch from a directory and holds what is global to it: version, threads, gradients, devices. */
public final class Torch {

    /** The oldest libtorch whose C interface has what the bindings need. */
    public static final Version OLDEST = new Version(2, 11, 0);

    private static final String HOW_TO_CHOOSE =
            "name a directory that holds libtorch_cpu.so and libc10.so with --libtorch DIR or the environment variable LIBTORCH";

    /** What libtorch_cpu may need from its own directory, in the order of loading; each is optional. */
    private static final List<String> COMPANIONS = List.of("libgomp.so.1", "libgfortran.so.5", "libquadmath.so.0", "libopenblas.so.0");

    private static final List<String> CUDA_LIBRARIES = List.of("libc10_cuda.so", "libtorch_cuda.so");

    /** {@code cudaDevAttrComputeCapabilityMajor}. */
    private static final int CAPABILITY_MAJOR = 75;

    private static volatile Libraries loaded;

    private record Libraries(Path directory, Version version, List<SymbolLookup> lookups) {}

    /** A libtorch release. */
    public record Version(int major, int minor, int patch) implements Comparable<Version> {
        static Version ofAbi(long abi) {
            return new Version((int) (abi >>> 56) & 0xff, (int) (abi >>> 48) & 0xff, (int) (abi >>> 40) & 0xff);
        }

        @Override
        public int compareTo(Version other) {
            return major != other.major ? Integer.compare(major, other.major)
                    : minor != other.minor ? Integer.compare(minor, other.minor)
                    : Integer.compare(patch, other.patch);
        }

        @Override
        public String toString() {
            return major + "." + minor + "." + patch;
        }
    }

    private static final String OPENMP_THREADS = "omp_set_num_threads";

    private Torch() {}

    /**
     * Loads the libtorch that the system property {@code comfyee.libtorch} or else the environment variable
     * {@code LIBTORCH} names.
     *
     * @throws TorchException if neither is set, or as {@link #load(Path)}
     */
    public static void loadConfigured() {
        load(configured().orElseThrow(() -> new TorchException("no libtorch is configured: " + HOW_TO_CHOOSE)));
    }

    private static Optional<Path> configured() {
        return Optional.ofNullable(System.getProperty("comfyee.libtorch"))
                .or(() -> Optional.ofNullable(System.getenv("LIBTORCH")))
                .filter(value -> !value.isBlank())
                .map(Path::of);
    }

    /** Whether the libtorch that {@link #loadConfigured} loads was built for CUDA, told without loading it. */
    public static boolean isConfiguredForCuda() {
        return configured().filter(directory -> Files.isRegularFile(directory.resolve(CUDA_LIBRARIES.getLast()))).isPresent();
    }

    /**
     * Loads libtorch from a directory; a second call with the same directory does nothing.
     *
     * @throws TorchException if the directory has no usable libtorch of version {@link #OLDEST} or newer, or if another
     *     directory's libtorch is loaded already
     */
    public static synchronized void load(Path directory) {
        var wanted = directory.toAbsolutePath().normalize();
        if (loaded != null) {
            if (!loaded.directory.equals(wanted)) {
                throw new TorchException("libtorch from " + loaded.directory + " is loaded; this process cannot load " + wanted + " too");
            }
            return;
        }
        loaded = open(wanted);
        disableGradients();
        ProcessEnd.withoutDestructors();
    }

    private static Libraries open(Path directory) {
        for (var library : List.of("libc10.so", "libtorch_cpu.so")) {
            if (!Files.isRegularFile(directory.resolve(library))) {
                throw new TorchException("no " + library + " in " + directory + ": " + HOW_TO_CHOOSE);
            }
        }
        // Companions first: libtorch_cpu then finds them by name among the loaded libraries, without a library path.
        for (var companion : COMPANIONS) {
            if (Files.isRegularFile(directory.resolve(companion))) {
                dlopen(directory.resolve(companion));
            }
        }
        var lookups = new ArrayList<SymbolLookup>();
        lookups.add(dlopen(directory.resolve("libc10.so")));
        lookups.addFirst(dlopen(directory.resolve("libtorch_cpu.so")));
        var version = version(lookups.getFirst(), directory);
        if (version.compareTo(OLDEST) < 0) {
            throw new TorchException("libtorch in " + directory + " is " + version + ", expected " + OLDEST + " or newer: " + HOW_TO_CHOOSE);
        }
        for (var library : CUDA_LIBRARIES) {
            if (Files.isRegularFile(directory.resolve(library))) {
                lookups.add(dlopen(directory.resolve(library)));
            }
        }
        return new Libraries(directory, version, List.copyOf(lookups));
    }

    private static SymbolLookup dlopen(Path library) {
        try {
            // Not System.load: that binds a library to one class loader, and two applications of a server may load this.
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new TorchException("cannot load " + library + ": " + e.getMessage() + "; " + HOW_TO_CHOOSE, e);
        }
    }

    private static Version version(SymbolLookup torch, Path directory) {
        var function = torch.find("aoti_torch_abi_version")
                .orElseThrow(() -> new TorchException(
                        "libtorch in " + directory + " is older than " + OLDEST + " (it does not tell its version): " + HOW_TO_CHOOSE));
        try {
            return Version.ofAbi((long) Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(JAVA_LONG)).invokeExact());
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }

    /** Whether this process has loaded a libtorch; none is loaded by asking. */
    public static boolean isLoaded() {
        return loaded != null;
    }

    /** The loaded libtorch's version. */
    public static Version version() {
        return libraries().version;
    }

    /** The directory that libtorch was loaded from. */
    public static Path directory() {
        return libraries().directory;
    }

    private static Libraries libraries() {
        var libraries = loaded;
        if (libraries == null) {
            throw new TorchException("libtorch is not loaded: " + HOW_TO_CHOOSE);
        }
        return libraries;
    }

    static Optional<MemorySegment> symbol(String name) {
        return libraries().lookups.stream().flatMap(lookup -> lookup.find(name).stream()).findFirst();
    }

    /** Number of threads that one operator may use on the CPU. */
    public static int threads() {
        libraries();
        var out = Native.out();
        Native.check(TorchShim.torch_get_num_threads(out));
        return out.get(JAVA_INT, 0);
    }

    /** Sets how many threads one operator may use on the CPU. */
    public static void setThreads(int threads) {
        // libtorch aborts the process on zero.
        if (threads < 1) {
            throw new IllegalArgumentException("threads " + threads + ": expected 1 or more");
        }
        try {
            Native.function("_ZN2at15set_num_threadsEi", FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(threads);
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }

    /**
     * Work of the calling thread in which one operator uses so many threads on the CPU, which some sums of floats depend on; without
     * effect on a libtorch that is built without OpenMP.
     */
    public static <T> T withThreads(int threads, Supplier<T> work) {
        // Asking first, since libtorch sets a thread's number when it is first asked for it.
        int usual = threads();
        setThreadsHere(threads);
        try {
            return work.get();
        } finally {
            setThreadsHere(usual);
        }
    }

    private static void setThreadsHere(int threads) {
        if (symbol(OPENMP_THREADS).isPresent()) {
            try {
                Native.function(OPENMP_THREADS, FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(threads);
            } catch (Throwable e) {
                throw Native.rethrow(e);
            }
        }
    }

    /** Turns gradient recording off for the calling thread. It is on in every new thread: call it at the start of each piece of work. */
    public static void disableGradients() {
        libraries();
        TorchShim.aoti_torch_grad_mode_set_enabled(false);
    }

    /** Whether libtorch was built for CUDA and finds a device. */
    public static boolean cudaAvailable() {
        return Torch.symbol("aoti_torch_cuda_add_Tensor").isPresent() && call("_ZN5torch4cuda12is_availableEv");
    }

    private static boolean call(String predicate) {
        try {
            return (boolean) Native.function(predicate, FunctionDescriptor.of(JAVA_BOOLEAN)).invokeExact();
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }

    /**
     * The major CUDA compute capability of a device, 8 for Ampere.
     *
     * @throws TorchException if there is no such device
     */
    public static int cudaCapability(int index) {
        requireCuda(index);
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocate(JAVA_INT);
            int status = (int) Native.function("cudaDeviceGetAttribute", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT))
                    .invokeExact(value, CAPABILITY_MAJOR, index);
            if (status != 0) {
                throw new TorchException("CUDA device " + index + " does not tell its compute capability (error " + status + ")");
            }
            return value.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }

    /** @throws TorchException that says why, if there is no such device */
    public static void requireCuda(int index) {
        int count = cudaDeviceCount();
        if (index >= 0 && index < count) {
            return;
        }
        var reason = symbol("aoti_torch_cuda_add_Tensor").isEmpty() ? "this libtorch was built without CUDA"
                : count == 0 ? "libtorch finds no usable GPU and driver"
                : "there are " + count + ", counted from 0";
        throw new TorchException("no CUDA device " + index + ": " + reason + " (libtorch in " + directory() + ")");
    }

    /** Number of CUDA devices that libtorch sees; 0 without CUDA. */
    public static int cudaDeviceCount() {
        if (!cudaAvailable()) {
            return 0;
        }
        try {
            return (int) (long) Native.function("_ZN5torch4cuda12device_countEv", FunctionDescriptor.of(JAVA_LONG)).invokeExact();
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }
}
