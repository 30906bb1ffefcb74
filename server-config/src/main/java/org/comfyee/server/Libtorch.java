package org.comfyee.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.comfyee.cluster.config.Setting;
import org.comfyee.torch.Torch;
import org.comfyee.torch.TorchException;

/** Which libtorch this process and those that it starts compute with. */
final class Libtorch {
    private Libtorch() {}

    /** Takes the one that was asked for, or else that beside this program. */
    static void choose() throws UsageException {
        var given = Setting.LIBTORCH.given().or(() -> Optional.ofNullable(System.getenv("LIBTORCH")));
        var directory = Path.of(given.orElse(System.getProperty("comfyee.bundled-libtorch", "")));
        for (var library : List.of("libtorch_cpu.so", "libc10.so")) {
            if (!Files.exists(directory.resolve(library))) {
                throw new UsageException("there is no " + library + " in " + directory
                        + "; name the directory of a libtorch of version 2.11 or newer with --libtorch DIR or LIBTORCH");
            }
        }
        System.setProperty(Setting.LIBTORCH.key(), directory.toString());
    }

    /** A GPU that was asked for and is not there is told now, not by the first prompt. */
    static void checkGpu() throws UsageException {
        if (Setting.CUDA_DEVICE.given().isPresent()) {
            try {
                Torch.loadConfigured();
                Setting.CUDA_DEVICE.numbers().forEach(Torch::requireCuda);
            } catch (TorchException e) {
                throw new UsageException(e.getMessage());
            }
        }
    }
}
