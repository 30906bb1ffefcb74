package org.comfyee.worker;

import java.util.Optional;
import org.comfyee.cluster.config.Setting;
import org.comfyee.nodes.Compute;
import org.comfyee.torch.Device;
import org.comfyee.torch.Memory;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Torch;

/** What the settings say about devices, types of numbers and memory. */
final class ComputeSettings {
    private static final long MEMORY_TO_WORK = 820L << 20;

    private ComputeSettings() {}

    /**
     * Puts them into force. libtorch is loaded.
     *
     * @return what is computed on
     * @throws IllegalArgumentException if a setting is no number, or asks for a GPU alone where there is none
     * @throws org.comfyee.torch.TorchException if there is no such GPU
     */
    static Device apply() {
        if (Setting.THREADS.number() > 0) {
            Torch.setThreads(Setting.THREADS.number());
        }
        var device = device();
        if (device.isCpu() && Setting.GPU_ONLY.isOn()) {
            throw new IllegalArgumentException("--gpu-only, but libtorch finds no GPU");
        }
        boolean textOnCpu = Setting.LOWVRAM.isOn() || Setting.NOVRAM.isOn();
        Compute.on(device, network(device), Setting.CPU_VAE.isOn() ? Device.CPU : device, vae(), textOnCpu ? Device.CPU : device);
        Compute.rounding(networkWeights(), textWeights());
        limitWeights(device);
        return device;
    }

    private static Device device() {
        if (Setting.CUDA_DEVICE.given().isPresent()) {
            Torch.requireCuda(Setting.CUDA_DEVICE.number());
            return Device.cuda(Setting.CUDA_DEVICE.number());
        }
        return !Setting.CPU.isOn() && Torch.cudaDeviceCount() > 0 ? Device.cuda(0) : Device.CPU;
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
            Compute.limitWeights(0, 0);
        } else if (Setting.HIGHVRAM.isOn() || Setting.GPU_ONLY.isOn()) {
            Compute.limitWeights(Long.MAX_VALUE, 0);
        } else {
            long free = MEMORY_TO_WORK + Setting.RESERVE_VRAM.gigabytes();
            long all = device.isCpu() ? Long.MAX_VALUE : Memory.of(device).free() - free;
            Compute.limitWeights(Setting.WEIGHT_MEMORY.given().isPresent() ? Setting.WEIGHT_MEMORY.gigabytes() : all, free);
        }
    }
}
