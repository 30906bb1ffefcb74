package org.comfyee.server;

import java.util.Map;
import java.util.Set;

/**
 * Flags of ComfyUI and of its distributed fork that are no settings here, so that scripts which start it can be used: some
 * are settings by another name, some ask for what is so anyway, and some for what cannot be had.
 */
final class ForeignFlags {
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "default-device", "cuda-device", "logging-level", "verbose", "windows-standalone-build", "auto-launch");
    private static final Set<String> SO_ANYWAY = Set.of("disable-cuda-malloc", "disable-ipex-optimize", "disable-xformers", "use-pytorch-cross-attention",
            "dont-upcast-attention", "mmap-torch-files", "disable-known-models", "block-runtime-package-installation", "disable-requests-caching");
    /** These say how to call services for which there are no nodes. */
    private static final Set<String> OF_SERVICES = Set.of("comfy-api-base", "openai-api-key", "ideogram-api-key", "anthropic-api-key");
    private static final String FRONT_END_VERSION = "front-end-version";
    private static final String USUAL_FRONT_END = "comfyanonymous/ComfyUI@latest";

    private static final String ATTENTION = "attention is computed by libtorch's scaled_dot_product_attention";
    private static final String KINDS = "libtorch computes on CPUs and CUDA devices here";
    private static final String TRACES = "nothing is sent to others about what happens here";
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("cuda-malloc", "set PYTORCH_CUDA_ALLOC_CONF=backend:cudaMallocAsync in the environment, which libtorch reads"),
            Map.entry("fp8_e8m0fnu-unet", "float8 of this kind is not computed with; --fp8_e4m3fn-unet and --fp8_e5m2-unet are"),
            Map.entry("force-channels-last", "there is one layout of tensors"),
            Map.entry("directml", KINDS),
            Map.entry("oneapi-device-selector", KINDS),
            Map.entry("supports-fp8-compute", "weights of float8 are computed with in other types"),
            Map.entry("cache-ram", "results are kept by count: --cache-lru COUNT"),
            Map.entry("use-split-cross-attention", ATTENTION),
            Map.entry("use-quad-cross-attention", ATTENTION),
            Map.entry("use-sage-attention", ATTENTION),
            Map.entry("use-flash-attention", ATTENTION),
            Map.entry("force-upcast-attention", "attention is computed in the type of its network, which --fp32-unet or --force-fp32 chooses"),
            Map.entry("async-offload", "weights are not moved while others are computed with"),
            Map.entry("deterministic", "libtorch cannot be told to prefer such algorithms from here"),
            Map.entry("fast", "none of these optimizations is there"),
            Map.entry("disable-mmap", "files of models are always mapped into memory"),
            Map.entry("database-url", "there is no database; history lies in the user directory"),
            Map.entry("models-directory", "name it in a file for --extra-model-paths-config, or put models below --base-directory"),
            Map.entry("base-paths", "name further directories of models in a file for --extra-model-paths-config"),
            Map.entry("blacklist-custom-nodes", "give --disable-all-custom-nodes, and --whitelist-custom-nodes those to load"),
            Map.entry("enable-eval", "no node runs code of a prompt"),
            Map.entry("create-directories", "directories are made when they are needed"),
            Map.entry("config", "put settings into the environment (COMFYUI_...)"),
            Map.entry("write-out-config-file", "settings are written to no file"),
            Map.entry("executor-factory", "each worker is a process; --worker-processes says how many"),
            Map.entry("panic-when", "a worker that lacks memory lets go of its weights and goes on; one that dies is started again by --worker-processes"),
            Map.entry("force-hf-local-dir-mode", "no models are fetched"),
            Map.entry("disable-assets-autoscan", "files are looked up whenever they are asked for"),
            Map.entry("otel-service-name", TRACES),
            Map.entry("otel-service-version", TRACES),
            Map.entry("otel-exporter-otlp-endpoint", TRACES),
            Map.entry("plausible-analytics-base-url", TRACES),
            Map.entry("plausible-analytics-domain", TRACES),
            Map.entry("analytics-use-identity-provider", TRACES));

    private ForeignFlags() {}

    /** What a flag is called here. */
    static String ownName(String flag) {
        return OTHER_NAMES.getOrDefault(flag, flag);
    }

    /**
     * Passes over a flag, and its value, that needs nothing done.
     *
     * @param flag without dashes
     * @throws UsageException if it asks for what cannot be had, or is no flag at all
     */
    static void take(String flag, Arguments words) throws UsageException {
        if (SO_ANYWAY.contains(flag)) {
            return;
        }
        if (OF_SERVICES.contains(flag)) {
            words.neededValue();
        } else if (flag.equals(FRONT_END_VERSION)) {
            var version = words.neededValue();
            if (!version.equals(USUAL_FRONT_END)) {
                throw refused(flag, "pages are not fetched; give --front-end-root the directory of " + version);
            }
        } else if (REFUSED.containsKey(flag)) {
            throw refused(flag, REFUSED.get(flag));
        } else {
            throw new UsageException("unknown option --" + flag + ", see --help");
        }
    }

    private static UsageException refused(String flag, String reason) {
        return new UsageException("--" + flag + " of ComfyUI cannot be done here: " + reason);
    }
}
