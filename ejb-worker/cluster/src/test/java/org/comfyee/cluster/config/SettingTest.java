package org.comfyee.cluster.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTest {
    @AfterEach
    void forget() {
        Arrays.stream(Setting.values()).map(Setting::key).forEach(System::clearProperty);
    }

    private static void set(String flag) {
        var setting = Setting.ofFlag(flag).orElseThrow();
        System.setProperty(setting.key(), setting.bareValue().orElse("1"));
    }

    @ParameterizedTest
    @CsvSource({"cpu,gpu-only", "cpu-vae,gpu-only", "gpu-only,highvram", "highvram,novram", "normalvram,lowvram", "lowvram,novram",
            "weight-memory,highvram", "reserve-vram,novram", "cpu,cuda-device", "fp32-vae,bf16-vae", "fp64-unet,fp8_e5m2-unet", "fp16-text-enc,fp8_e4m3fn-text-enc"})
    void settingsThatContradictEachOtherAreRefused(String first, String second) {
        set(first);
        assertDoesNotThrow(Setting::check);
        set(second);
        var failure = assertThrows(IllegalArgumentException.class, Setting::check);
        var message = failure.getMessage();
        assertTrue(message.endsWith(" exclude each other") && message.contains("--" + first + " ") && message.contains("--" + second + " "), message);
    }

    @ParameterizedTest
    @CsvSource({"cpu,highvram", "cuda-device,gpu-only", "weight-memory,reserve-vram", "lowvram,reserve-vram", "cpu-vae,lowvram", "force-fp16,fp8_e4m3fn-unet", "fp16-unet,fp32-text-enc"})
    void otherSettingsGoTogether(String first, String second) {
        set(first);
        set(second);
        assertDoesNotThrow(Setting::check);
    }

    @Test
    void flagsOfComfyUiThatHaveNoMeaningHereAreNone() {
        assertEquals(0, Stream.of("fp8_e8m0fnu-unet", "supports-fp8-compute", "directml", "force-channels-last")
                .filter(flag -> Setting.ofFlag(flag).isPresent()).count());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"preview-method|best|one of none, auto, latent2rgb, taesd", "default-hashing-function|crc|one of md5, sha1, sha256, sha512",
            "port|many|a whole number, 0 or more", "threads|-2|a whole number, 0 or more", "max-attempts|0|a whole number, 1 or more",
            "cuda-device|0,x|whole numbers with commas between, each once",
            "cuda-device|1,0,1|whole numbers with commas between, each once", "cuda-device|,|whole numbers with commas between, each once",
            "max-upload-size|-1|megabytes, 0 or more", "reserve-vram|x|gigabytes, 0 or more"})
    void whatASettingCannotBeIsToldWithWhatItCan(String flag, String value, String expected) {
        System.setProperty(Setting.ofFlag(flag).orElseThrow().key(), value);
        assertEquals("--" + flag + " is '" + value + "', expected " + expected, assertThrows(IllegalArgumentException.class, Setting::check).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"max-upload-size,0.5", "worker-processes,auto", "worker-processes,2", "verbose,DEBUG", "cuda-device,1", "cuda-device,'0, 2'", "reserve-vram,0"})
    void whatItCanBeIsTaken(String flag, String value) {
        System.setProperty(Setting.ofFlag(flag).orElseThrow().key(), value);
        assertDoesNotThrow(Setting::check);
    }

    @Test
    void severalNumbersKeepTheirOrder() {
        System.setProperty(Setting.CUDA_DEVICE.key(), "2, 0");
        assertEquals(List.of(2, 0), Setting.CUDA_DEVICE.numbers());
    }

    @Test
    void megabytesMayBeBroken() {
        System.setProperty(Setting.MAX_UPLOAD_SIZE.key(), "0.5");
        assertEquals(1 << 19, Setting.MAX_UPLOAD_SIZE.megabytes());
    }
}
