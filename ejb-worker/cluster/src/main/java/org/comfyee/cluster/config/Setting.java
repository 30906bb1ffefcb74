package org.comfyee.cluster.config;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can be set, once for command line, environment and MicroProfile Config: the flag {@code --port}, the
 * variable {@code COMFYUI_PORT} and the key {@code comfyee.port} are the same setting. The command line wins, then the key,
 * then the environment.
 */
public enum Setting {
    LISTEN("listen", "ADDRESS,...", "127.0.0.1", "addresses to listen on; without a value all (0.0.0.0,::)"),
    PORT("port", "NUMBER", "8188", "port of the API and the page"),
    TLS_KEYFILE("tls-keyfile", "FILE", "", "key for TLS (https and wss) at that port, PEM (PKCS#8)"),
    TLS_CERTFILE("tls-certfile", "FILE", "", "its certificate, and those that vouch for it, PEM"),
    HEALTH_PORT("health-port", "NUMBER", "9090", "port of a worker's health page"),
    CWD("cwd", "DIR", "", "working directory, in which models, input, output and user files lie (default: the current directory)"),
    BASE_DIRECTORY("base-directory", "DIR", "", "directory of models, custom nodes, input, output, temp and user files (default: the working directory)"),
    EXTRA_MODEL_PATHS_CONFIG("extra-model-paths-config", "FILE...", "",
            "YAML files with further directories of models, after extra_model_paths.yaml in the working directory; in a variable or key with a colon between"),
    INPUT_DIRECTORY("input-directory", "DIR", "", "directory of uploads (default: input)"),
    OUTPUT_DIRECTORY("output-directory", "DIR", "", "directory of results (default: output)"),
    TEMP_DIRECTORY("temp-directory", "DIR", "", "directory in which temp lies (default: the working directory)"),
    USER_DIRECTORY("user-directory", "DIR", "", "directory of settings and user data (default: user)"),
    CONNECTION_URI("distributed-queue-connection-uri", "URI", "", "AMQP broker, amqp[s]://user:password@host[:port] (default: an embedded one)"),
    CREDENTIALS_FILE("distributed-queue-credentials-file", "FILE", "", "lines user=, password=, trust-store-password=, key-store-password=, cluster-key=; a command line can be seen by all"),
    BROKER_TRUST_STORE("distributed-queue-trust-store", "FILE", "", "whom amqps:// trusts: PKCS12, JKS or certificates as PEM (default: what Java trusts)"),
    BROKER_KEY_STORE("distributed-queue-key-store", "FILE", "", "PKCS12 or JKS: the certificate of a broker started here, or of a client where the broker asks for one"),
    BROKER_USERS("broker-users", "FILE", "", "further users of comfyee-broker: lines name=password, also as ENC(hash) that artemis mask --hash makes"),
    QUEUE_NAME("distributed-queue-name", "NAME", "comfyui", "name of the queue on the broker"),
    FRONTEND("distributed-queue-frontend", "", "false", "serve API and pages only; workers run elsewhere"),
    WORKER("distributed-queue-worker", "", "false", "run prompts only; front ends run elsewhere"),
    CLUSTER_MEMBERS("cluster-members", "HOST:PORT,...", "", "data grid members to join; with a connection URI the default is 127.0.0.1:16900-16907"),
    CLUSTER_NAME("cluster-name", "NAME", "comfyee", "name of the data grid; only members of the same name join each other"),
    CLUSTER_KEY("cluster-key", "KEY", "", "secret that members of the data grid share; better as COMFYUI_CLUSTER_KEY or in the credentials file"),
    CLUSTER_INTERFACE("cluster-interface", "ADDRESS", "127.0.0.1", "address of this member of the data grid"),
    CLUSTER_PORT("cluster-port", "NUMBER", "16900", "first port of this member of the data grid; the next free one is taken"),
    LIBTORCH("libtorch", "DIR", "", "libtorch to use in place of the one that comes with ComfyEE (also LIBTORCH)"),
    T5_TOKENIZER("t5-tokenizer", "FILE", "", "tokenizer.json of T5 v1.1, for Flux and SD3 (default: models/text_encoders/t5_tokenizer.json)"),
    THREADS("threads", "NUMBER", "0", "threads for tensor operations (default: one for each core)"),
    PREVIEW_METHOD("preview-method", "none|auto|latent2rgb|taesd", "none", "pictures of work in progress; taesd: by the TAESD in models/vae_approx"),
    PREVIEW_SIZE("preview-size", "PIXELS", "512", "longer side of these"),
    CACHE_CLASSIC("cache-classic", "", "false", "keep the results that the next prompt can use (what is done anyway)"),
    CACHE_LRU("cache-lru", "COUNT", "0", "keep the results of that many nodes of former prompts"),
    CACHE_NONE("cache-none", "", "false", "keep no results between prompts"),
    MODELS_KEPT("models-kept", "COUNT", "3", "checkpoints that a worker keeps open"),
    CPU("cpu", "", "false", "compute on the CPU even if there is a GPU"),
    CUDA_DEVICE("cuda-device", "NUMBER,...", "", "GPUs to compute on, each for prompts of its own (default: all that libtorch finds, else the CPU)"),
    FORCE_FP32("force-fp32", "", "false", "diffusion models and VAEs compute in float32"),
    FORCE_FP16("force-fp16", "", "false", "diffusion models compute in float16; on the CPU in float32"),
    FP32_UNET("fp32-unet", "", "false", "diffusion models compute in float32"),
    FP64_UNET("fp64-unet", "", "false", "diffusion models compute in float64"),
    FP16_UNET("fp16-unet", "", "false", "diffusion models compute in float16; on the CPU they hold their weights in it and compute in float32"),
    BF16_UNET("bf16-unet", "", "false", "diffusion models compute in bfloat16; on the CPU as with --fp16-unet"),
    FP8_E4M3FN_UNET("fp8_e4m3fn-unet", "", "false", "weights of diffusion models are held in float8 of the kind e4m3fn"),
    FP8_E5M2_UNET("fp8_e5m2-unet", "", "false", "weights of diffusion models are held in float8 of the kind e5m2"),
    FP32_VAE("fp32-vae", "", "false", "VAEs compute in float32"),
    FP16_VAE("fp16-vae", "", "false", "VAEs compute in float16"),
    BF16_VAE("bf16-vae", "", "false", "VAEs compute in bfloat16"),
    FP8_E4M3FN_TEXT_ENC("fp8_e4m3fn-text-enc", "", "false", "weights of text encoders are rounded to float8 of the kind e4m3fn; they compute in float32"),
    FP8_E5M2_TEXT_ENC("fp8_e5m2-text-enc", "", "false", "weights of text encoders are rounded to float8 of the kind e5m2"),
    FP16_TEXT_ENC("fp16-text-enc", "", "false", "weights of text encoders are rounded to float16, as it is without any of these flags"),
    BF16_TEXT_ENC("bf16-text-enc", "", "false", "weights of text encoders are rounded to bfloat16"),
    FP32_TEXT_ENC("fp32-text-enc", "", "false", "weights of text encoders are not rounded"),
    CPU_VAE("cpu-vae", "", "false", "VAEs compute on the CPU"),
    WEIGHT_MEMORY("weight-memory", "GB", "", "memory for weights of models, on each GPU; those used last are kept (default: what is free)"),
    RESERVE_VRAM("reserve-vram", "GB", "0.4", "memory that weights leave free, beside 0.8 GB to compute with"),
    GPU_ONLY("gpu-only", "", "false", "compute everything on the GPU and keep all weights once they are loaded; without a GPU do not start"),
    HIGHVRAM("highvram", "", "false", "keep all weights once they are loaded"),
    NORMALVRAM("normalvram", "", "false", "keep weights as far as memory suffices, as it is without any of these flags"),
    LOWVRAM("lowvram", "", "false", "text encoders compute on the CPU"),
    NOVRAM("novram", "", "false", "keep no weights: read them from their files at each use; text encoders compute on the CPU"),
    DISABLE_SMART_MEMORY("disable-smart-memory", "", "false", "let go of all weights after each prompt"),
    VERBOSE("verbose", "DEBUG|INFO|WARNING|ERROR|CRITICAL", "INFO", "what is logged; without a value all (DEBUG)"),
    LOG_STDOUT("log-stdout", "", "false", "log to standard output in place of standard error"),
    DONT_PRINT_SERVER("dont-print-server", "", "false", "do not tell where the server is reached"),
    AUTO_LAUNCH("auto-launch", "", "false", "open the page in a browser (xdg-open)"),
    DISABLE_AUTO_LAUNCH("disable-auto-launch", "", "false", "do not, in spite of --auto-launch"),
    QUICK_TEST_FOR_CI("quick-test-for-ci", "", "false", "end as soon as the server is ready"),
    DISABLE_METADATA("disable-metadata", "", "false", "do not store workflows in saved files"),
    MAX_UPLOAD_SIZE("max-upload-size", "MB", "100", "largest request body"),
    DEFAULT_HASHING_FUNCTION("default-hashing-function", "md5|sha1|sha256|sha512", "sha256",
            "how an upload is compared with the file of its name: here byte for byte, which tells at least what each of these does"),
    MAX_QUEUE_SIZE("max-queue-size", "COUNT", "65536", "prompts that may wait before /api/v1/prompts takes no more"),
    EXTERNAL_ADDRESS("external-address", "URL", "", "where clients reach this server, for the links in results (default: where it listens)"),
    DISABLE_ALL_CUSTOM_NODES("disable-all-custom-nodes", "", "false", "load no nodes from custom_nodes"),
    WHITELIST_CUSTOM_NODES("whitelist-custom-nodes", "NAME...", "", "load these jars and folders of custom_nodes in spite of that; in a variable or key with a colon between"),
    MULTI_USER("multi-user", "", "false", "keep settings and user data for each user apart"),
    FRONT_END_ROOT("front-end-root", "DIR", "", "serve the page that lies there in place of the built-in one"),
    ENABLE_COMPRESS_RESPONSE_BODY("enable-compress-response-body", "", "false", "compress JSON and text for clients that accept gzip"),
    ENABLE_CORS_HEADER("enable-cors-header", "ORIGIN", "", "allow requests of another origin; without a value of all (*)"),
    DISABLE_API_NODES("disable-api-nodes", "", "false", "let pages from here reach no other server (nodes that use paid services there are none)"),
    MAX_ATTEMPTS("max-attempts", "COUNT", "3", "how often a prompt may take its worker down before it ends as an error"),
    BROKER_IDLE_SECONDS("distributed-queue-idle-seconds", "NUMBER", "30", "silence after which a worker gives a connection up; both sides break it meanwhile, however long a prompt runs"),
    DISABLE_FAIR_SHARE("disable-fair-share", "", "false", "run prompts in the order of their numbers, however many a client has sent"),
    DISABLE_MODEL_AFFINITY("disable-model-affinity", "", "false", "do not prefer workers that hold a prompt's models already"),
    DRAIN_SECONDS("drain-seconds", "NUMBER", "60", "how long a worker that is told to stop (SIGTERM) may go on with its prompt"),
    WORKER_PROCESSES("worker-processes", "COUNT|auto", "1", "so many processes of workers on this machine, each with models and memory of its own, among which GPUs are dealt out; auto: one for each GPU"),
    ADMIN_TOKEN("admin-token", "TOKEN", "", "what operators prove themselves by at /api/v1/admin; better as COMFYUI_ADMIN_TOKEN or in a file (default: no administration)"),
    ADMIN_TOKEN_FILE("admin-token-file", "FILE", "", "a file that holds the token of operators");

    /** Between the values of a setting that takes several, as between the directories of PATH. */
    public static final String SEPARATOR = File.pathSeparator;
    private static final String KEY_PREFIX = "comfyee.";
    private static final String ENVIRONMENT_PREFIX = "COMFYUI_";

    /** Of each of these at most one may be given. */
    private static final List<List<Setting>> ALTERNATIVES = List.of(List.of(CPU, CUDA_DEVICE), List.of(FORCE_FP32, FORCE_FP16),
            List.of(FP32_UNET, FP64_UNET, FP16_UNET, BF16_UNET, FP8_E4M3FN_UNET, FP8_E5M2_UNET), List.of(FP32_VAE, FP16_VAE, BF16_VAE),
            List.of(FP8_E4M3FN_TEXT_ENC, FP8_E5M2_TEXT_ENC, FP16_TEXT_ENC, BF16_TEXT_ENC, FP32_TEXT_ENC), List.of(GPU_ONLY, HIGHVRAM, NORMALVRAM, LOWVRAM, NOVRAM),
            List.of(CPU, GPU_ONLY), List.of(CPU_VAE, GPU_ONLY), List.of(WEIGHT_MEMORY, GPU_ONLY, HIGHVRAM, NOVRAM), List.of(RESERVE_VRAM, GPU_ONLY, HIGHVRAM, NOVRAM),
            List.of(CACHE_CLASSIC, CACHE_LRU, CACHE_NONE));

    private final String flag;
    private final String placeholder;
    private final String usual;
    private final String help;

    Setting(String flag, String placeholder, String usual, String help) {
        this.flag = flag;
        this.placeholder = placeholder;
        this.usual = usual;
        this.help = help;
    }

    /** The name on the command line, without dashes. */
    public String flag() {
        return flag;
    }

    /** The key of MicroProfile Config, which is also the name of a system property. */
    public String key() {
        return KEY_PREFIX + flag;
    }

    public String environmentVariable() {
        return ENVIRONMENT_PREFIX + flag.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Whether the flag stands alone. */
    public boolean isSwitch() {
        return placeholder.isEmpty();
    }

    /** Whether the flag takes all values that follow it, and may be given several times. */
    public boolean takesSeveral() {
        return this == EXTRA_MODEL_PATHS_CONFIG || this == WHITELIST_CUSTOM_NODES;
    }

    /** What a flag means that may have a value and has none. */
    public Optional<String> bareValue() {
        return switch (this) {
            case LISTEN -> Optional.of("0.0.0.0,::");
            case ENABLE_CORS_HEADER -> Optional.of("*");
            case VERBOSE -> Optional.of("DEBUG");
            default -> isSwitch() ? Optional.of("true") : Optional.empty();
        };
    }

    /** @throws IllegalArgumentException if a setting is none of what it can be, or settings contradict each other */
    public static void check() {
        for (var setting : values()) {
            setting.checkValue();
        }
        for (var alternatives : ALTERNATIVES) {
            var given = alternatives.stream().filter(setting -> setting.isSwitch() ? setting.isOn() : setting.isSet() && setting.given().isPresent()).toList();
            if (given.size() > 1) {
                throw new IllegalArgumentException("--" + given.get(0).flag + " and --" + given.get(1).flag + " exclude each other");
            }
        }
    }

    private void checkValue() {
        if (given().isEmpty() || this == WORKER_PROCESSES) {
            return;
        }
        switch (placeholder) {
            case "NUMBER", "COUNT", "PIXELS" -> number();
            case "NUMBER,..." -> numbers();
            case "GB" -> gigabytes();
            case "MB" -> megabytes();
            default -> {
                var choices = List.of(placeholder.split("\\|"));
                if (choices.size() > 1 && !choices.contains(value())) {
                    throw new IllegalArgumentException("--" + flag + " is '" + value() + "', expected one of " + String.join(", ", choices));
                }
            }
        }
    }

    public static Optional<Setting> ofFlag(String flag) {
        return Arrays.stream(values()).filter(setting -> setting.flag.equals(flag)).findFirst();
    }

    /** One line for each setting. */
    public static List<String> help() {
        return Arrays.stream(values())
                .map(setting -> "  %-48s %s%s".formatted("--" + setting.flag + (setting.isSwitch() ? "" : "=" + setting.placeholder),
                        setting.help, setting.usual.isEmpty() || setting.isSwitch() ? "" : " (default: " + setting.usual + ")"))
                .toList();
    }

    public String value() {
        var property = System.getProperty(key());
        if (property != null) {
            return property;
        }
        var variable = System.getenv(environmentVariable());
        return variable == null ? usual : variable;
    }

    /** Whether somebody chose the value. */
    public boolean isSet() {
        return System.getProperty(key()) != null || System.getenv(environmentVariable()) != null;
    }

    /** The value unless it is empty. */
    public Optional<String> given() {
        return Optional.of(value()).filter(value -> !value.isBlank());
    }

    public Optional<Path> path() {
        return given().map(Path::of);
    }

    /** The values of a setting that takes several. */
    public List<String> several() {
        return given().stream().flatMap(value -> Arrays.stream(value.split(SEPARATOR))).filter(each -> !each.isBlank()).toList();
    }

    /** The values of a setting that has commas between them. */
    public List<String> list() {
        return Arrays.stream(value().split(",")).map(String::strip).filter(each -> !each.isEmpty()).toList();
    }

    /**
     * The numbers of a setting that has commas between them.
     *
     * @throws IllegalArgumentException that names flag and value
     */
    public List<Integer> numbers() {
        try {
            var numbers = list().stream().map(Integer::valueOf).toList();
            if (!numbers.isEmpty() && numbers.stream().distinct().count() == numbers.size()) {
                return numbers;
            }
        } catch (NumberFormatException e) {
            // As none.
        }
        throw new IllegalArgumentException("--" + flag + " is '" + value() + "', expected whole numbers with commas between, each once");
    }

    public boolean isOn() {
        return Boolean.parseBoolean(value());
    }

    /**
     * Bytes of a number of gigabytes.
     *
     * @throws IllegalArgumentException that names flag and value
     */
    public long gigabytes() {
        return (long) (decimal("gigabytes") * (1L << 30));
    }

    /**
     * Bytes of a number of megabytes.
     *
     * @throws IllegalArgumentException that names flag and value
     */
    public long megabytes() {
        return Math.round(decimal("megabytes") * (1L << 20));
    }

    private double decimal(String unit) {
        try {
            double number = Double.parseDouble(value().strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // As a negative number.
        }
        throw new IllegalArgumentException("--" + flag + " is '" + value() + "', expected " + unit + ", 0 or more");
    }

    /** @throws IllegalArgumentException that names flag and value */
    public int number() {
        // A prompt is tried once at least.
        int least = this == MAX_ATTEMPTS ? 1 : 0;
        try {
            int number = Integer.parseInt(value().strip());
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // As a number that is too small.
        }
        throw new IllegalArgumentException("--" + flag + " is '" + value() + "', expected a whole number, " + least + " or more");
    }
}
