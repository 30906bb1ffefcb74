package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.comfyee.cluster.config.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandLineTest {

    private static Map<Setting, String> settings(String... arguments) throws UsageException {
        return CommandLine.parse(List.of(arguments)).settings();
    }

    @Test
    void someOptionsTakeSeveralValuesAndComeAgain() throws UsageException {
        assertEquals(Map.of(Setting.EXTRA_MODEL_PATHS_CONFIG, "a.yaml:b.yaml:c.yaml", Setting.CPU, "true"),
                settings("--extra-model-paths-config", "a.yaml", "b.yaml", "--cpu", "--extra-model-paths-config=c.yaml"));
        var failure = assertThrows(UsageException.class, () -> settings("--extra-model-paths-config", "--cpu"));
        assertEquals("--extra-model-paths-config needs at least one value", failure.getMessage());
    }

    @Test
    void othersTakeOneAndTheLastCounts() throws UsageException {
        assertEquals(Map.of(Setting.PORT, "2", Setting.LISTEN, "0.0.0.0,::"), settings("--port", "1", "--listen", "--port=2"));
        assertThrows(UsageException.class, () -> settings("--port", "1", "2"));
        assertThrows(UsageException.class, () -> settings("--nonsense"));
    }

    /** As in ComfyUI 0.3.64 and its distributed fork, with values where they need them. */
    private static final String FOREIGN = """
            --listen --port=8188 --tls-keyfile=k --tls-certfile=c --enable-cors-header --max-upload-size=0.5 --base-directory=b --extra-model-paths-config=e
            --output-directory=o --temp-directory=t --input-directory=i --auto-launch --disable-auto-launch --cuda-device=0 --default-device=0 --cuda-malloc
            --disable-cuda-malloc --force-fp32 --force-fp16 --fp32-unet --fp64-unet --bf16-unet --fp16-unet --fp8_e4m3fn-unet --fp8_e5m2-unet
            --fp8_e8m0fnu-unet --fp16-vae --fp32-vae --bf16-vae --cpu-vae --fp8_e4m3fn-text-enc --fp8_e5m2-text-enc --fp16-text-enc --fp32-text-enc
            --bf16-text-enc --force-channels-last --directml --oneapi-device-selector=0 --disable-ipex-optimize --supports-fp8-compute --preview-method=auto
            --preview-size=256 --cache-classic --cache-lru=5 --cache-none --cache-ram --use-split-cross-attention --use-quad-cross-attention
            --use-pytorch-cross-attention --use-sage-attention --use-flash-attention --disable-xformers --force-upcast-attention --dont-upcast-attention
            --gpu-only --highvram --normalvram --lowvram --novram --cpu --reserve-vram=0.4 --async-offload --default-hashing-function=md5
            --disable-smart-memory --deterministic --fast --mmap-torch-files --disable-mmap --dont-print-server --quick-test-for-ci
            --windows-standalone-build --disable-metadata --disable-all-custom-nodes --whitelist-custom-nodes=n --disable-api-nodes --multi-user --verbose
            --log-stdout --front-end-version=comfyanonymous/ComfyUI@latest --front-end-root=f --user-directory=u --enable-compress-response-body
            --comfy-api-base=https://api.comfy.org --database-url=d --models-directory=m
            --cwd=c --external-address=a --max-queue-size=1 --distributed-queue-connection-uri=u --distributed-queue-frontend --distributed-queue-worker
            --distributed-queue-name=n --executor-factory=e --panic-when=p --disable-known-models --force-hf-local-dir-mode --otel-service-name=n
            --otel-service-version=1 --otel-exporter-otlp-endpoint=e --logging-level=INFO --create-directories --blacklist-custom-nodes=n --enable-eval
            --disable-requests-caching --block-runtime-package-installation --disable-assets-autoscan --openai-api-key=k --ideogram-api-key=k
            --anthropic-api-key=k --plausible-analytics-base-url=u --plausible-analytics-domain=d --analytics-use-identity-provider --config=c
            --write-out-config-file=f --base-paths=b --workflows=w
            """;

    static Stream<String> foreign() {
        return FOREIGN.lines().flatMap(line -> Stream.of(line.split(" ")));
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void scriptsMayPassEachFlagOfComfyUiOrAreToldWhyNot(String flag) throws IOException {
        var name = flag.replaceFirst("=.*", "");
        try {
            settings(flag, "--port=1");
        } catch (UsageException e) {
            assertTrue(e.getMessage().startsWith(name + " of ComfyUI cannot be done here: "), e.getMessage());
        }
        assertTrue(Files.readString(Path.of("flags.md")).contains("`" + name), name + " is not in flags.md");
    }

    @Test
    void flagsWithAnotherNameOrNothingToDoAreTaken() throws UsageException {
        assertEquals(Map.of(Setting.CUDA_DEVICE, "1", Setting.AUTO_LAUNCH, "true", Setting.VERBOSE, "DEBUG"),
                settings("--default-device", "1", "--windows-standalone-build", "--disable-xformers", "--comfy-api-base", "https://api.comfy.org", "--verbose"));
        assertThrows(UsageException.class, () -> settings("--front-end-version", "somebody/page@1.0.0"));
        assertEquals("unknown option --nonsense, see --help", assertThrows(UsageException.class, () -> settings("--nonsense=1")).getMessage());
    }
}
