package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.DiffusionModelLoader;
import org.comfyee.diffusion.checkpoint.TextEncoderLoader;
import org.comfyee.diffusion.checkpoint.VaeFiles;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a model in the layout of the diffusers library: a directory with a directory for each part. */
public final class DiffusersLoader implements Node {
    private static final String INDEX = "model_index.json";
    private static final List<String> NETWORK_FILES = List.of("diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.safetensors",
            "diffusion_pytorch_model.fp16.bin", "diffusion_pytorch_model.bin");
    private static final List<String> TEXT_FILES = List.of("model.fp16.safetensors", "model.safetensors", "pytorch_model.fp16.bin", "pytorch_model.bin");

    private static final Input<String> MODEL_PATH = Input.combo("model_path", DiffusersLoader::directories);

    private static final NodeDefinition DEFINITION = node("DiffusersLoader")
            .category("advanced/loaders/deprecated")
            .inputs(MODEL_PATH)
            .outputs(Types.MODEL, Types.CLIP, Types.VAE)
            .build();

    /** Those that hold an index. */
    private static List<String> directories(Folders folders) {
        var found = new ArrayList<String>();
        for (var top : folders.modelPaths("diffusers")) {
            if (Files.isDirectory(top)) {
                try (var files = Files.walk(top, FileVisitOption.FOLLOW_LINKS)) {
                    files.filter(file -> file.endsWith(INDEX)).map(file -> top.relativize(file.getParent()).toString().replace('\\', '/'))
                            .sorted().forEach(found::add);
                } catch (IOException e) {
                    throw new UncheckedIOException("the model directory " + top + " cannot be listed", e);
                }
            }
        }
        return found;
    }

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var directory = directory(context.folders(), inputs.get(MODEL_PATH));
        var model = DiffusionModelLoader.load(file(directory, "unet", NETWORK_FILES), Optional.empty());
        var texts = new ArrayList<>(List.of(file(directory, "text_encoder", TEXT_FILES)));
        if (Files.isDirectory(directory.resolve("text_encoder_2"))) {
            texts.add(file(directory, "text_encoder_2", TEXT_FILES));
        }
        var purpose = texts.size() > 1 ? TextEncoderLoader.Purpose.SDXL : TextEncoderLoader.Purpose.STABLE_DIFFUSION;
        return Outputs.of(model, TextEncoders.withEmbeddings(TextEncoderLoader.load(texts, purpose), context),
                VaeFiles.load(file(directory, "vae", NETWORK_FILES)));
    }

    private static Path directory(Folders folders, String name) throws IOException {
        for (var top : folders.modelPaths("diffusers")) {
            var directory = Inside.resolve(top, name);
            if (Files.isDirectory(directory)) {
                return directory;
            }
        }
        throw new NoSuchFileException("there is no model '" + name + "' in " + folders.modelPaths("diffusers"));
    }

    private static Path file(Path directory, String part, List<String> names) throws NoSuchFileException {
        return names.stream().map(name -> directory.resolve(part).resolve(name)).filter(Files::isRegularFile).findFirst()
                .orElseThrow(() -> new NoSuchFileException("there is none of the files " + names + " in " + directory.resolve(part)));
    }
}
