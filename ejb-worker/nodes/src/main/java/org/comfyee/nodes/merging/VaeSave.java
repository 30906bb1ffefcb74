package org.comfyee.nodes.merging;

import org.comfyee.diffusion.checkpoint.CheckpointWriter;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Writes an autoencoder to a file. */
public final class VaeSave implements Node {
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);
    private static final Input<String> FILENAME_PREFIX = SavedModels.prefix("vae/ComfyUI_vae");

    private static final NodeDefinition DEFINITION = SavedModels.definition("VAESave", "VAESave", VAE, FILENAME_PREFIX);

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        SavedModels.save(context, inputs.get(FILENAME_PREFIX), path -> CheckpointWriter.write(path, inputs.get(VAE), SavedModels.metadata(context)));
        return Outputs.of();
    }
}
