package org.comfyee.workflow.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.comfyee.workflow.files.ExtraModelPaths.Extra;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What extra_model_paths.yaml may say, and what is told of a wrong one. */
class ExtraModelPathsTest {
    @TempDir
    private Path directory;

    private List<Extra> read(String yaml) throws IOException {
        return ExtraModelPaths.read(Files.writeString(directory.resolve("extra.yaml"), yaml));
    }

    @Test
    void pathsBeginWhereTheirSectionDoes() throws IOException {
        var extra = read("""
                a111:
                    base_path: webui
                    is_default: true
                    checkpoints: models/Stable-diffusion
                    loras: |
                        models/Lora

                        ../LyCORIS
                        /elsewhere
                nothing:
                other:
                    vae: vae
                """);
        var webui = directory.resolve("webui");
        assertEquals(List.of(new Extra("checkpoints", webui.resolve("models/Stable-diffusion"), true), new Extra("loras", webui.resolve("models/Lora"), true),
                new Extra("loras", directory.resolve("LyCORIS"), true), new Extra("loras", Path.of("/elsewhere"), true),
                new Extra("vae", directory.resolve("vae"), false)), extra);
    }

    @Test
    void homeAndVariablesAreKnownInTheBasePath() throws IOException {
        assertEquals(List.of(new Extra("vae", Path.of(System.getProperty("user.home"), "models/vae"), false)), read("a: {base_path: ~/models, vae: vae}"));
        assertEquals(Path.of(System.getenv("HOME"), "x/$NO_SUCH_VARIABLE/vae"), read("a: {base_path: '${HOME}/x/$NO_SUCH_VARIABLE', vae: vae}").getFirst().directory());
    }

    @Test
    void foldersKnowThem() throws IOException {
        for (var file : List.of("models/checkpoints/usual.safetensors", "more/both.safetensors", "first/both.safetensors", "words/list.txt")) {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.createFile(directory.resolve(file));
        }
        var folders = new Folders.Builder(directory).models(read("""
                one: {checkpoints: more, clip: texts, words: words}
                two: {is_default: true, checkpoints: first, unet: "last but one\\nfirst of all"}
                """)).build();
        assertEquals(List.of("both.safetensors", "usual.safetensors"), folders.models("checkpoints"));
        assertEquals(directory.resolve("first/both.safetensors"), folders.model("checkpoints", "both.safetensors"));
        assertEquals(List.of("first", "models/checkpoints", "more", "output/checkpoints"), relative(folders.modelPaths("checkpoints")));
        assertEquals(List.of("models/text_encoders", "models/clip", "texts", "output/clip"), relative(folders.modelPaths("text_encoders")));
        assertEquals(List.of("first of all", "last but one"), relative(folders.modelPaths("diffusion_models")).subList(0, 2));
        assertEquals("words", folders.modelFolders().getLast());
        assertEquals(List.of("list.txt"), folders.models("words"));
    }

    private List<String> relative(List<Path> paths) {
        return paths.stream().map(path -> directory.relativize(path).toString()).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', value = {"a: [|are no YAML", "just text|there is 'just text', expected sections", "a: 5|'a' is '5', expected a section",
        "a: {vae: 5}|'a.vae' is '5', expected text", "a: {vae: [x, y]}|'a.vae' is '[x, y]', expected text", "a: {vae: }|'a.vae' is 'null', expected text",
        "a: {is_default: often}|'a.is_default' is 'often', expected true or false", "a: {base_path: 5}|'a.base_path' is '5', expected a directory",
        "a: {vae: !!java.io.File x}|are no YAML", "a: {vae: &x [*x]}|expected text"})
    void wrongFilesAreToldWithWhatIsWrong(String yaml, String problem) {
        var failure = assertThrows(IllegalArgumentException.class, () -> read(yaml));
        assertTrue(failure.getMessage().contains(problem) && failure.getMessage().contains("extra.yaml"), failure.getMessage());
    }

    @Test
    void filesThatAreNotThereAreTold() {
        var failure = assertThrows(IllegalArgumentException.class, () -> ExtraModelPaths.read(directory.resolve("none.yaml")));
        assertTrue(failure.getMessage().contains("none.yaml cannot be read"), failure.getMessage());
    }
}
