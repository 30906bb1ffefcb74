package org.comfyee.workflow.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where pictures, user files and models lie. Safe for use by several threads. */
public final class Folders {
    private static final Set<String> WEIGHTS = Set.of(".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft");
    private static final Map<String, String> ALIASES = Map.of("unet", "diffusion_models", "clip", "text_encoders");

    private final Path base;
    private final Map<Directory, Path> directories;
    private final Path user;
    private final Map<String, ModelFolder> models = new LinkedHashMap<>();

    private Folders(Builder built) {
        base = built.base;
        directories = Map.of(Directory.INPUT, built.input.orElse(base.resolve("input")),
                Directory.OUTPUT, built.output.orElse(base.resolve("output")),
                Directory.TEMP, built.temp.map(parent -> parent.resolve("temp")).orElse(base.resolve("temp")));
        user = built.user.orElse(base.resolve("user"));
        registerModelFolders();
        built.extra.forEach(each -> addModelPath(each.folder(), each.directory(), each.first()));
        addOutputFolders();
    }

    /** All directories at their usual places under a base directory. */
    public static Folders of(Path base) {
        return new Builder(base).build();
    }

    private void registerModelFolders() {
        weights("checkpoints");
        register("configs", Set.of(".yaml"), "configs");
        weights("loras");
        weights("vae");
        register("text_encoders", WEIGHTS, "text_encoders", "clip");
        register("diffusion_models", WEIGHTS, "unet", "diffusion_models");
        List.of("clip_vision", "style_models", "embeddings").forEach(this::weights);
        register("diffusers", Set.of("folder"), "diffusers");
        weights("vae_approx");
        register("controlnet", WEIGHTS, "controlnet", "t2i_adapter");
        weights("gligen");
        weights("upscale_models");
        models.put("custom_nodes", new ModelFolder(List.of(base.resolve("custom_nodes")), Set.of()));
        weights("hypernetworks");
        weights("photomaker");
        register("classifiers", Set.of(""), "classifiers");
        weights("model_patches");
        weights("audio_encoders");
    }

    private void weights(String name) {
        register(name, WEIGHTS, name);
    }

    private void register(String name, Set<String> extensions, String... directoryNames) {
        var paths = List.of(directoryNames).stream().map(each -> base.resolve("models").resolve(each)).toList();
        models.put(name, new ModelFolder(paths, extensions));
    }

    /** Lets savers' results be loaded again; the last of all places to look for a model. */
    private void addOutputFolders() {
        List.of("checkpoints", "clip", "vae", "diffusion_models", "loras")
                .forEach(name -> addModelPath(name, directory(Directory.OUTPUT).resolve(name), false));
    }

    private void addModelPath(String folder, Path directory, boolean first) {
        var path = directory.toAbsolutePath().normalize();
        models.computeIfAbsent(realName(folder), _ -> new ModelFolder(List.of(), Set.of())).add(path, first);
    }

    private static String realName(String folder) {
        return ALIASES.getOrDefault(folder, folder);
    }

    public Path base() {
        return base;
    }

    public Path directory(Directory directory) {
        return directories.get(directory);
    }

    public Path user() {
        return user;
    }

    /** The names of the folders of models, in the order clients know. */
    public List<String> modelFolders() {
        return List.copyOf(models.keySet());
    }

    /** The directories behind a folder of models; none if there is no such folder. */
    public List<Path> modelPaths(String folder) {
        return model(folder).map(ModelFolder::directories).orElse(List.of());
    }

    /** The files in a folder of models as they lie there now. */
    public List<String> models(String folder) {
        return model(folder).map(ModelFolder::list).orElse(List.of());
    }

    /** The files of weights in a folder of models, by the directories in which they lie. */
    public List<ModelFile> modelFiles(String folder) {
        return model(folder).map(found -> found.files(WEIGHTS)).orElse(List.of());
    }

    public Optional<Path> findModel(String folder, String name) {
        return model(folder).flatMap(found -> found.find(name));
    }

    /** @throws NoSuchFileException that names the folder and the file */
    public Path model(String folder, String name) throws NoSuchFileException {
        return findModel(folder, name)
                .orElseThrow(() -> new NoSuchFileException("Model in folder '" + folder + "' with filename '" + name + "' not found."));
    }

    private Optional<ModelFolder> model(String folder) {
        return Optional.ofNullable(models.get(realName(folder)));
    }

    /**
     * The file that an annotated name stands for, whether or not it exists.
     *
     * @throws PathEscapeException if the name leads out of its directory
     */
    public Path annotated(String name, Directory usual) {
        var parsed = AnnotatedName.parse(name, usual);
        return Inside.resolve(directory(parsed.directory()), parsed.name());
    }

    /** The names of the files that lie in the input directory itself and are of a kind such as {@code image}. */
    public List<String> inputFiles(String kind) {
        return inputFiles().stream().filter(name -> kindOf(name).equals(kind)).toList();
    }

    /** The names of the files that lie in the input directory itself and end so. */
    public List<String> inputFilesEndingIn(String suffix) {
        return inputFiles().stream().filter(name -> name.endsWith(suffix)).toList();
    }

    private List<String> inputFiles() {
        var names = new ArrayList<String>();
        var input = directory(Directory.INPUT);
        if (Files.isDirectory(input)) {
            try (var files = Files.newDirectoryStream(input, file -> Files.isRegularFile(file))) {
                files.forEach(file -> names.add(file.getFileName().toString()));
            } catch (IOException e) {
                throw new UncheckedIOException("the input directory " + input + " cannot be listed", e);
            }
        }
        return names.stream().sorted().toList();
    }

    private static String kindOf(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".webp")) {
            return "image";
        }
        var type = URLConnection.guessContentTypeFromName(lower);
        return type == null ? "" : type.substring(0, type.indexOf('/'));
    }

    /** Makes the directories for pictures where they do not exist. */
    public void prepareOutput() throws IOException {
        for (var each : directories.values()) {
            Files.createDirectories(each);
        }
    }

    /** Makes the directories that are always there. */
    public void prepare() throws IOException {
        prepareOutput();
        Files.createDirectories(user);
        Files.createDirectories(base.resolve("models").resolve("checkpoints"));
    }

    /** Removes the temporary pictures. Others may use the same directory: what they delete or make at that moment is passed over. */
    void deleteTemporary() throws IOException {
        var temp = directory(Directory.TEMP);
        if (!Files.exists(temp)) {
            return;
        }
        Files.walkFileTree(temp, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                try {
                    Files.deleteIfExists(visited);
                } catch (DirectoryNotEmptyException e) {
                    // Somebody has put a picture there meanwhile.
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Collects places that are not the usual ones. */
    public static final class Builder {
        private final Path base;
        private Optional<Path> input = Optional.empty();
        private Optional<Path> output = Optional.empty();
        private Optional<Path> temp = Optional.empty();
        private Optional<Path> user = Optional.empty();
        private final List<ExtraModelPaths.Extra> extra = new ArrayList<>();

        public Builder(Path base) {
            this.base = base.toAbsolutePath().normalize();
        }

        private static Optional<Path> normalized(Path path) {
            return Optional.of(path.toAbsolutePath().normalize());
        }

        public Builder input(Path directory) {
            input = normalized(directory);
            return this;
        }

        public Builder output(Path directory) {
            output = normalized(directory);
            return this;
        }

        /** @param parent holds the directory {@code temp} */
        public Builder temp(Path parent) {
            temp = normalized(parent);
            return this;
        }

        public Builder user(Path directory) {
            user = normalized(directory);
            return this;
        }

        /** Adds directories of models; a folder that is not known yet is made, and takes all files. */
        public Builder models(List<ExtraModelPaths.Extra> directories) {
            extra.addAll(directories);
            return this;
        }

        public Folders build() {
            return new Folders(this);
        }
    }
}
