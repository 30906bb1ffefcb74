package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.nodes.InputFile;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Reads latents from a file of the input directory. */
public final class LoadLatent implements Node {
    private static final Input<String> LATENT = Input.combo("latent", folders -> folders.inputFilesEndingIn(".latent"));

    private static final NodeDefinition DEFINITION = node("LoadLatent")
            .category("_for_testing")
            .inputs(LATENT)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Set<String> validatedInputs() {
        return Set.of(LATENT.name());
    }

    @Override
    public Optional<String> validate(Inputs constants, Folders folders) {
        return constants.find(LATENT).flatMap(name -> InputFile.missing("latent", name, folders));
    }

    @Override
    public Object fingerprint(Inputs constants, Folders folders) throws Exception {
        return InputFile.hash(constants.get(LATENT), folders);
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var path = context.folders().annotated(inputs.get(LATENT), Directory.INPUT);
        var file = SafetensorsFile.open(path);
        if (!file.has("latent_tensor")) {
            throw new IOException(path.getFileName() + " holds no tensor called latent_tensor: it was not saved as latents");
        }
        var samples = file.tensor("latent_tensor").to(ScalarType.FLOAT32);
        // Files of the first kind, which lack the version, hold latents in the units of Stable Diffusion 1.
        return Outputs.of(Latent.of(file.has("latent_format_version_0") ? samples.copy() : LatentFormat.SD15.fromModel(samples)));
    }
}
