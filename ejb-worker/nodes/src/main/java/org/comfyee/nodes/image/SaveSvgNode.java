package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Saves drawings that carry their workflow. */
public final class SaveSvgNode implements Node {
    private static final Pattern ROOT = Pattern.compile("<svg[^>]*>");
    private static final Input<Svg> SVG = Input.of("svg", Types.SVG);
    private static final Input<String> FILENAME_PREFIX = Input.string("filename_prefix").defaultTo("svg/ComfyUI")
            .tooltip("The prefix for the file to save. This may include formatting information such as %date:yyyy-MM-dd% or "
                    + "%Empty Latent Image.width% to include values from nodes.");

    private static final NodeDefinition DEFINITION = node("SaveSVGNode")
            .category("image/save")
            .description("Save SVG files on disk.")
            .module("comfy_extras.nodes_images")
            .inputs(SVG, FILENAME_PREFIX)
            .hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var saver = Saver.in(context.folders(), Directory.OUTPUT, inputs.get(FILENAME_PREFIX), 0, 0);
        var saved = new ArrayList<Map<String, Object>>();
        var documents = inputs.get(SVG).documents();
        for (int i = 0; i < documents.size(); i++) {
            var document = context.service(Preferences.class).metadata() ? withMetadata(documents.get(i), context) : documents.get(i);
            saved.add(saver.save(i, "svg", path -> Files.writeString(path, document)));
        }
        return Outputs.ui(Map.of("images", List.copyOf(saved)));
    }

    private static String withMetadata(String document, NodeContext context) {
        var told = new LinkedHashMap<String, Object>();
        told.put("prompt", context.prompt());
        context.extraPngInfo().ifPresent(told::putAll);
        var element = "\n  <metadata>\n    <![CDATA[\n" + Json.write(told) + "\n    ]]>\n  </metadata>\n";
        return ROOT.matcher(document).replaceAll(tag -> Matcher.quoteReplacement(tag.group() + element));
    }
}
