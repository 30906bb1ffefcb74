package org.comfyee.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A RabbitMQ that can be run here: that of this machine (Debian's package, or {@code -Dcomfyee.rabbitmq=DIRECTORY} of its
 * programs), or that of another Linux whose root is a directory ({@code -Dcomfyee.rabbitmq.root=DIRECTORY}), which takes a
 * user who may change the root.
 */
record RabbitMqPrograms(Optional<Path> root) {
    private static final Path PROGRAMS = Path.of("/usr/lib/rabbitmq/bin");
    /** Where a program with another root finds the directory that it works in. */
    private static final Path MOUNTED = Path.of("/mnt");
    /** A mount namespace of its own ends with the program, and the mounts with it. */
    private static final String WITH_ROOT =
            "mount --rbind /dev $1/dev && mount --rbind /proc $1/proc && mount --bind $2 $1" + MOUNTED + " && exec chroot $1 $3";

    static List<RabbitMqPrograms> all() {
        var all = new ArrayList<>(List.of(new RabbitMqPrograms(Optional.empty())));
        Optional.ofNullable(System.getProperty("comfyee.rabbitmq.root")).map(Path::of).map(Optional::of).map(RabbitMqPrograms::new).ifPresent(all::add);
        return all;
    }

    /** Starts a server that works in a directory. */
    List<String> server(Path directory) {
        var program = (root.isPresent() ? PROGRAMS : Path.of(System.getProperty("comfyee.rabbitmq", PROGRAMS.toString()))).resolve("rabbitmq-server");
        var file = root.map(path -> path.resolve("." + program)).orElse(program);
        if (!Files.isExecutable(file)) {
            throw new IllegalStateException("there is no " + file + "; install RabbitMQ (Debian: apt-get install rabbitmq-server) or name the directory"
                    + " of its programs with -Dcomfyee.rabbitmq=DIRECTORY; .ci/rabbitmq-4 makes a root directory");
        }
        return root.map(path -> List.of("unshare", "--mount", "sh", "-c", WITH_ROOT, "sh", path.toString(), directory.toString(), program.toString()))
                .orElse(List.of(program.toString()));
    }

    /** Runs Erlang's name server. */
    List<String> nameServer(String... arguments) {
        var command = new ArrayList<>(root.map(path -> List.of("chroot", path.toString())).orElse(List.of()));
        command.add("epmd");
        command.addAll(List.of(arguments));
        return command;
    }

    /** The directory as the server sees it. */
    Path seen(Path directory) {
        return root.isPresent() ? MOUNTED : directory;
    }

    @Override
    public String toString() {
        return "RabbitMQ of " + root.map(Path::toString).orElse("this machine");
    }
}
