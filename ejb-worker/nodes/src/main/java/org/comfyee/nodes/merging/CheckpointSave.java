package org.comfyee.nodes.merging;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.CheckpointWriter;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Writes a diffusion model, its text encoder and its autoencoder to one file. */
public final class CheckpointSave implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);
    private static final Input<String> FILENAME_PREFIX = SavedModels.prefix("checkpoints/ComfyUI");

    private static final NodeDefinition DEFINITION = SavedModels.definition("CheckpointSave", "Save Checkpoint", MODEL, CLIP, VAE, FILENAME_PREFIX);

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        SavedModels.save(context, inputs.get(FILENAME_PREFIX), path -> CheckpointWriter.write(path, SavedModels.title(path), inputs.get(MODEL), Optional.of(inputs.get(CLIP)),
                Optional.of(inputs.get(VAE)), SavedModels.metadata(context)));
        return Outputs.of();
    }
}
