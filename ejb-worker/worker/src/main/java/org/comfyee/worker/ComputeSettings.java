package org.comfyee.worker;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.comfyee.cluster.config.Setting;
import org.comfyee.nodes.Compute;
import org.comfyee.torch.Device;
import org.comfyee.torch.Memory;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Torch;
import org.comfyee.torch.TorchException;

/** What the settings say about devices, types of numbers and memory. */
final class ComputeSettings {
    private static final System.Logger LOG = System.getLogger(ComputeSettings.class.getName());
    private static final long MEMORY_TO_WORK = 820L << 20;

    private ComputeSettings() {}

    /**
     * Puts them into force. libtorch is loaded.
     *
     * @return how each session computes, on a device of its own
     * @throws IllegalArgumentException if a setting is no number, or asks for a GPU alone where there is none
     * @throws TorchException if there is no such GPU, or all GPUs fail
     */
    static List<Compute> apply() {
        Torch.setThreads(Setting.THREADS.number() > 0 ? Setting.THREADS.number() : Cores.usable());
        var devices = devices(Torch.cudaDeviceCount());
        if (Setting.CUDA_DEVICE.given().isPresent()) {
            devices.stream().map(Device::index).forEach(Torch::requireCuda);
            return devices.stream().map(ComputeSettings::apply).toList();
        }
        return usable(devices, ComputeSettings::apply);
    }

    /**
     * What can be made of devices that nobody asked for by number: one that fails does not take the others with it.
     *
     * @throws TorchException if all fail
     */
    static <T> List<T> usable(List<Device> devices, Function<Device, T> use) {
        var usable = new ArrayList<T>();
        var failures = new ArrayList<TorchException>();
        for (var device : devices) {
            try {
                usable.add(use.apply(device));
            } catch (TorchException e) {
                failures.add(e);
                LOG.log(Level.ERROR, device + " cannot be computed on: " + e.getMessage());
            }
        }
        if (usable.isEmpty()) {
            throw failures.getFirst();
        }
        return usable;
    }

    /** Those that were asked for, or all GPUs, or the CPU. */
    static List<Device> devices(int gpus) {
        if (Setting.CUDA_DEVICE.given().isPresent()) {
            return Setting.CUDA_DEVICE.numbers().stream().map(Device::cuda).toList();
        }
        return Setting.CPU.isOn() || gpus == 0 ? List.of(Device.CPU) : IntStream.range(0, gpus).mapToObj(Device::cuda).toList();
    }

    /** As {@link #apply()}, for the session on that device. */
    static Compute apply(Device device) {
        if (device.isCpu() && Setting.GPU_ONLY.isOn()) {
            throw new IllegalArgumentException("--gpu-only, but libtorch finds no GPU");
        }
        boolean textOnCpu = Setting.LOWVRAM.isOn() || Setting.NOVRAM.isOn();
        var compute = Compute.on(device, network(device), Setting.CPU_VAE.isOn() ? Device.CPU : device, vae(), textOnCpu ? Device.CPU : device)
                .rounding(networkWeights(), textWeights());
        compute.devices().forEach(ComputeSettings::limitWeights);
        return compute;
    }

    /** What is said of a kind of model counts more than what is said of all. */
    private static Optional<ScalarType> network(Device device) {
        return on(Setting.FP32_UNET, ScalarType.FLOAT32)
                .or(() -> on(Setting.FP64_UNET, ScalarType.FLOAT64))
                .or(() -> on(Setting.FP16_UNET, ScalarType.FLOAT16))
                .or(() -> on(Setting.BF16_UNET, ScalarType.BFLOAT16))
                .or(() -> on(Setting.FORCE_FP32, ScalarType.FLOAT32))
                // The CPU is never forced to.
                .or(() -> device.isCpu() ? Optional.empty() : on(Setting.FORCE_FP16, ScalarType.FLOAT16));
    }

    private static Optional<ScalarType> networkWeights() {
        return on(Setting.FP8_E4M3FN_UNET, ScalarType.FLOAT8_E4M3FN).or(() -> on(Setting.FP8_E5M2_UNET, ScalarType.FLOAT8_E5M2));
    }

    private static ScalarType textWeights() {
        return on(Setting.FP8_E4M3FN_TEXT_ENC, ScalarType.FLOAT8_E4M3FN)
                .or(() -> on(Setting.FP8_E5M2_TEXT_ENC, ScalarType.FLOAT8_E5M2))
                .or(() -> on(Setting.BF16_TEXT_ENC, ScalarType.BFLOAT16))
                .or(() -> on(Setting.FP32_TEXT_ENC, ScalarType.FLOAT32))
                .orElse(ScalarType.FLOAT16);
    }

    private static Optional<ScalarType> vae() {
        return on(Setting.FP32_VAE, ScalarType.FLOAT32)
                .or(() -> on(Setting.FP16_VAE, ScalarType.FLOAT16))
                .or(() -> on(Setting.BF16_VAE, ScalarType.BFLOAT16))
                .or(() -> on(Setting.FORCE_FP32, ScalarType.FLOAT32));
    }

    private static Optional<ScalarType> on(Setting setting, ScalarType type) {
        return setting.isOn() ? Optional.of(type) : Optional.empty();
    }

    private static void limitWeights(Device device) {
        if (Setting.NOVRAM.isOn()) {
            Compute.limitWeights(device, 0, 0);
        } else if (Setting.HIGHVRAM.isOn() || Setting.GPU_ONLY.isOn()) {
            Compute.limitWeights(device, Long.MAX_VALUE, 0);
        } else {
            long free = MEMORY_TO_WORK + Setting.RESERVE_VRAM.gigabytes();
            long all = device.isCpu() ? Long.MAX_VALUE : Memory.of(device).free() - free;
            Compute.limitWeights(device, Setting.WEIGHT_MEMORY.given().isPresent() ? Setting.WEIGHT_MEMORY.gigabytes() : all, free);
        }
    }
}
