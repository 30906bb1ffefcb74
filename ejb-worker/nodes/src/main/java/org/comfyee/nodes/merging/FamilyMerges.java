package org.comfyee.nodes.merging;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.NodeFamily;
import org.comfyee.workflow.node.Outputs;

/** For each family of models a node that merges two of them with a ratio for each block. */
public final class FamilyMerges implements NodeFamily {
    private static final String WAN = "1.3B model has 30 blocks, 14B model has 40 blocks. Image to video model has the extra img_emb.";

    /** @param ratios in the order of the network's blocks */
    private record FamilyMerge(NodeDefinition definition, List<Input<Double>> ratios) implements Node {
        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.of(Ratios.merged(inputs, ratios));
        }
    }

    @Override
    public Collection<Node> nodes() {
        return List.of(
                unet("SD1"), unet("SD2"),
                merge("SDXL", List.of("time_embed.", "label_emb."), numbered("input_blocks.", 9, ""), numbered("middle_block.", 3, ""),
                        numbered("output_blocks.", 9, ""), List.of("out.")),
                mmdit("SD3_2B", 24), mmdit("SD35_Large", 38),
                merge("Flux1", List.of("img_in.", "time_in.", "guidance_in", "vector_in.", "txt_in."), numbered("double_blocks.", 19, "."),
                        numbered("single_blocks.", 38, "."), List.of("final_layer.")),
                merge("Auraflow", List.of("init_x_linear.", "positional_encoding", "cond_seq_linear.", "register_tokens", "t_embedder."),
                        numbered("double_layers.", 4, "."), numbered("single_layers.", 32, "."), List.of("modF.", "final_linear.")),
                cosmos("Cosmos7B", 28), cosmos("Cosmos14B", 36), cosmosPredict("CosmosPredict2_2B", 28), cosmosPredict("CosmosPredict2_14B", 36),
                merge("LTXV", List.of("patchify_proj.", "adaln_single.", "caption_projection."), numbered("transformer_blocks.", 28, "."),
                        List.of("scale_shift_table", "proj_out.")),
                merge("MochiPreview", List.of("pos_frequencies.", "t_embedder.", "t5_y_embedder.", "t5_yproj."), numbered("blocks.", 48, "."),
                        List.of("final_layer.")),
                merge("QwenImage", List.of("pos_embeds.", "img_in.", "txt_norm.", "txt_in.", "time_text_embed."),
                        numbered("transformer_blocks.", 60, "."), List.of("proj_out.")),
                merge("WAN2_1", WAN, List.of("patch_embedding.", "time_embedding.", "time_projection.", "text_embedding.", "img_emb."),
                        numbered("blocks.", 40, "."), List.of("head.")));
    }

    private static Node unet(String family) {
        return merge(family, List.of("time_embed.", "label_emb."), numbered("input_blocks.", 12, "."), numbered("middle_block.", 3, "."),
                numbered("output_blocks.", 12, "."), List.of("out."));
    }

    private static Node mmdit(String family, int blocks) {
        return merge(family, List.of("pos_embed.", "x_embedder.", "context_embedder.", "y_embedder.", "t_embedder."),
                numbered("joint_blocks.", blocks, "."), List.of("final_layer."));
    }

    private static Node cosmos(String family, int blocks) {
        return merge(family, List.of("pos_embedder.", "extra_pos_embedder.", "x_embedder.", "t_embedder.", "affline_norm."),
                numbered("blocks.block", blocks, "."), List.of("final_layer."));
    }

    private static Node cosmosPredict(String family, int blocks) {
        return merge(family, List.of("pos_embedder.", "x_embedder.", "t_embedder.", "t_embedding_norm."), numbered("blocks.", blocks, "."),
                List.of("final_layer."));
    }

    private static List<String> numbered(String name, int count, String end) {
        return IntStream.range(0, count).mapToObj(i -> name + i + end).toList();
    }

    @SafeVarargs
    private static Node merge(String family, List<String>... sections) {
        return merge(family, "", sections);
    }

    @SafeVarargs
    private static Node merge(String family, String description, List<String>... sections) {
        var ratios = Stream.of(sections).flatMap(List::stream).map(Ratios::ratio).toList();
        var definition = NodeDefinition.node("ModelMerge" + family)
                .module("comfy_extras.nodes_model_merging_model_specific")
                .category("advanced/model_merging/model_specific")
                .description(description)
                .inputs(Ratios.MODEL1, Ratios.MODEL2)
                .inputs(ratios.toArray(Input<?>[]::new))
                .outputs(Types.MODEL)
                .build();
        return new FamilyMerge(definition, ratios);
    }
}
