package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.comfyee.diffusion.checkpoint.VaeFiles;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.TinyVae;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens an autoencoder that lies in a file of its own, a TAESD in two files, or none for models that work on pixels. */
public final class VaeLoader implements Node {
    private static final String PIXEL_SPACE = "pixel_space";
    private static final Input<String> VAE_NAME = Input.combo("vae_name", VaeLoader::names);

    private static final NodeDefinition DEFINITION = node("VAELoader")
            .displayName("Load VAE")
            .category("loaders")
            .inputs(VAE_NAME)
            .outputs(Types.VAE)
            .build();

    private static List<String> names(Folders folders) {
        var tiny = TinyVae.ALL.stream().filter(each -> each.isComplete(folders)).map(TinyVae::name);
        return Stream.of(folders.models("vae").stream(), tiny, Stream.of(PIXEL_SPACE)).flatMap(each -> each).toList();
    }

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        return Outputs.of(open(inputs.get(VAE_NAME), context.folders(), context.service(Models.class)));
    }

    private static VaeModel open(String name, Folders folders, Models models) throws IOException {
        if (name.equals(PIXEL_SPACE)) {
            return VaeModel.pixelSpace();
        }
        var tiny = TinyVae.ALL.stream().filter(each -> each.name().equals(name) && each.isComplete(folders)).findFirst();
        if (tiny.isPresent()) {
            var halves = new ArrayList<Path>();
            tiny.get().encoder(folders).ifPresent(halves::add);
            tiny.get().decoder(folders).ifPresent(halves::add);
            return models.open("TAESD", halves, files -> VaeFiles.loadTiny(
                    files.getFirst(), files.getLast(), tiny.get().format().scale(), tiny.get().format().shift()));
        }
        return models.open("VAE", List.of(folders.model("vae", name)),
                files -> VaeFiles.load(files.getFirst()));
    }
}
