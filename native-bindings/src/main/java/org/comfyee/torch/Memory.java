package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The memory of the machine, which can be asked for without libtorch, and of its GPUs. */
public final class Memory {
    private static final long KILOBYTE = 1024;
    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final Path GROUP = Path.of("/proc/self/cgroup");
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    private static final class Functions {
        static final MethodHandle TRIM = Linker.nativeLinker().downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("malloc_trim"), FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    }

    private Memory() {}

    /** Where a control group tells what its processes may have; the two versions of control groups have other names for it. */
    private record Group(Path limit, Path used, Path statistics, List<String> files) {
        static Group ofProcess() {
            var unified = directory("0::", GROUPS);
            if (Files.exists(unified.resolve("memory.current"))) {
                return new Group(unified.resolve("memory.max"), unified.resolve("memory.current"), unified.resolve("memory.stat"),
                        List.of("inactive_file ", "active_file "));
            }
            var old = directory("memory:", GROUPS.resolve("memory"));
            return new Group(old.resolve("memory.limit_in_bytes"), old.resolve("memory.usage_in_bytes"), old.resolve("memory.stat"),
                    List.of("total_inactive_file ", "total_active_file "));
        }

        /** Inside a container the group's path may not be there: the root is the container's group then. */
        private static Path directory(String hierarchy, Path root) {
            try (var lines = Files.lines(GROUP)) {
                return lines.filter(line -> line.contains(hierarchy))
                        .map(line -> root.resolve(line.substring(line.lastIndexOf(":/") + 2)))
                        .filter(Files::isDirectory)
                        .findFirst().orElse(root);
            } catch (IOException e) {
                return root;
            }
        }

        long total() {
            return read(limit, "").orElse(Long.MAX_VALUE);
        }

        long available() {
            long taken = read(used, "").orElse(0) - files.stream().mapToLong(name -> read(statistics, name).orElse(0)).sum();
            return Math.max(0, total() - Math.max(0, taken));
        }
    }

    /**
     * Bytes that this process can have without swapping: what the machine can spare, within the limit of the process's
     * control group. Files that the system keeps in memory for speed count as free.
     */
    public static long available() {
        return Math.min(ofMachine("MemAvailable:"), Group.ofProcess().available());
    }

    /** The whole memory of the machine in bytes, or of the process's control group. */
    public static long total() {
        return Math.min(ofMachine("MemTotal:"), Group.ofProcess().total());
    }

    private static long ofMachine(String name) {
        return read(MACHINE, name).orElseThrow(() -> new IllegalStateException(MACHINE + " does not tell " + name)) * KILOBYTE;
    }

    /** The number behind a name; none if there is no such file or number, as where a limit is "max". */
    private static OptionalLong read(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).replaceFirst(" kB$", "").strip())
                    .filter(number -> number.matches("\\d+"))
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * The memory of a device in bytes.
     *
     * @param free what other programs and libtorch left
     */
    public record OfDevice(long free, long total) {}

    /**
     * The memory of a GPU, or of the machine for what computes in its memory.
     *
     * @throws TorchException if the device is not there
     */
    public static OfDevice of(Device device) {
        return device.isCuda() ? ofCuda(device) : new OfDevice(available(), total());
    }

    private static OfDevice ofCuda(Device device) {
        try (var _ = new CurrentDevice(device); var arena = Arena.ofConfined()) {
            var numbers = arena.allocate(JAVA_LONG, 2);
            int status = (int) Native.function("cudaMemGetInfo", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(numbers, numbers.asSlice(JAVA_LONG.byteSize()));
            if (status != 0) {
                throw new TorchException(device + " does not tell its memory (error " + status + ")");
            }
            return new OfDevice(numbers.getAtIndex(JAVA_LONG, 0), numbers.getAtIndex(JAVA_LONG, 1));
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }

    /** Frees tensors that nothing refers to any more, and gives the memory that the process holds in reserve back to the system. */
    public static void giveBack() {
        UnreachableTensors.collect();
        try {
            int _ = (int) Functions.TRIM.invokeExact(0L);
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }
}
