package org.comfyee.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.comfyee.cluster.config.Setting;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Torch;
import org.comfyee.torch.TorchException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputeSettingsTest {
    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @AfterEach
    void forget() {
        Arrays.stream(Setting.values()).map(Setting::key).forEach(System::clearProperty);
        LoadedWeights.on(Device.CPU).limit(Long.MAX_VALUE, LoadedWeights.USUAL_RESERVE);
    }

    private static Placements with(String... flags) {
        System.setProperty(Setting.CPU.key(), "true");
        for (var flag : flags) {
            System.setProperty(Setting.ofFlag(flag).orElseThrow().key(), "true");
        }
        var sessions = ComputeSettings.apply();
        assertEquals(1, sessions.size());
        return sessions.getFirst().call(Placements::current);
    }

    @Test
    void withoutFlagsPlacementsAreUsual() {
        assertEquals(Placements.USUAL, with());
    }

    @ParameterizedTest
    @CsvSource({"fp32-unet, FLOAT32", "fp64-unet, FLOAT64", "fp16-unet, FLOAT16", "bf16-unet, BFLOAT16", "force-fp16,", "force-fp32, FLOAT32"})
    void networksAreInTheTypeThatAFlagNames(String flag, ScalarType type) {
        assertEquals(Optional.ofNullable(type), with(flag).network());
    }

    @ParameterizedTest
    @CsvSource({"fp32-vae, FLOAT32", "fp16-vae, FLOAT16", "bf16-vae, BFLOAT16", "force-fp32, FLOAT32", "force-fp16,"})
    void autoencodersComputeInTheTypeThatAFlagNames(String flag, ScalarType type) {
        assertEquals(Optional.ofNullable(type), with(flag).vae());
    }

    @ParameterizedTest
    @CsvSource({"fp8_e4m3fn-unet, FLOAT8_E4M3FN", "fp8_e5m2-unet, FLOAT8_E5M2", "fp16-unet,"})
    void weightsOfNetworksAreRoundedToTheTypeThatAFlagNames(String flag, ScalarType type) {
        assertEquals(Optional.ofNullable(type), with(flag).networkWeights());
    }

    @ParameterizedTest
    @CsvSource({"fp8_e4m3fn-text-enc, FLOAT8_E4M3FN", "fp8_e5m2-text-enc, FLOAT8_E5M2", "fp16-text-enc, FLOAT16", "bf16-text-enc, BFLOAT16",
            "fp32-text-enc, FLOAT32", "force-fp32, FLOAT16"})
    void weightsOfTextEncodersAreRoundedToTheTypeThatAFlagNames(String flag, ScalarType type) {
        assertEquals(type, with(flag).textWeights());
    }

    @Test
    void whatIsSaidOfNetworksCountsMoreThanWhatIsSaidOfAll() {
        assertEquals(Optional.of(ScalarType.BFLOAT16), with("force-fp32", "bf16-unet").network());
    }

    @Test
    void modelsLieOnTheDeviceOfTheirSession() {
        System.setProperty(Setting.CPU_VAE.key(), "true");
        for (var device : List.of(Device.STAND_IN, Device.standIn(1))) {
            var placements = ComputeSettings.apply(device).call(Placements::current);
            assertEquals(List.of(device, Device.CPU, device), List.of(placements.device(), placements.vaeDevice(), placements.textDevice()));
        }
    }

    @Test
    void eachGpuIsComputedOnUnlessSomeAreNamed() {
        assertEquals(List.of(Device.cuda(0), Device.cuda(1), Device.cuda(2)), ComputeSettings.devices(3));
        assertEquals(List.of(Device.CPU), ComputeSettings.devices(0));
        System.setProperty(Setting.CUDA_DEVICE.key(), "1");
        assertEquals(List.of(Device.cuda(1)), ComputeSettings.devices(3));
        System.setProperty(Setting.CUDA_DEVICE.key(), "2,0");
        assertEquals(List.of(Device.cuda(2), Device.cuda(0)), ComputeSettings.devices(3));
    }

    @Test
    void theCpuIsComputedOnBesideGpusWhereItIsAskedFor() {
        System.setProperty(Setting.CPU.key(), "true");
        assertEquals(List.of(Device.CPU), ComputeSettings.devices(3));
    }

    @Test
    void aGpuThatFailsDoesNotTakeTheOthersWithIt() {
        var devices = List.of(Device.cuda(0), Device.cuda(1), Device.cuda(2));
        assertEquals(List.of("cuda:0", "cuda:2"), ComputeSettings.usable(devices, device -> {
            if (device.index() == 1) {
                throw new TorchException("it fell off the bus");
            }
            return device.toString();
        }));
        var failure = assertThrows(TorchException.class, () -> ComputeSettings.usable(devices, device -> {
            throw new TorchException(device + " fell off the bus");
        }));
        assertEquals("cuda:0 fell off the bus", failure.getMessage());
    }

    @Test
    void aGpuThatIsNotThereIsNamedWithWhatThereIs() {
        int gpus = Torch.cudaDeviceCount();
        System.setProperty(Setting.CUDA_DEVICE.key(), "" + gpus);
        var failure = assertThrows(TorchException.class, ComputeSettings::apply);
        var there = gpus > 0 ? "there are " + gpus + ", counted from 0" : "this libtorch was built without CUDA";
        assertTrue(failure.getMessage().startsWith("no CUDA device " + gpus + ": " + there), failure.getMessage());
    }
}
