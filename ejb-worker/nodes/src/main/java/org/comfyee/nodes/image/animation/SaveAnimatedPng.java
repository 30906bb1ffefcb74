package org.comfyee.nodes.image.animation;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Pictures;
import org.comfyee.nodes.image.Saver;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Saves pictures as a film in an animated PNG file. */
public final class SaveAnimatedPng implements Node {
    private static final Input<Tensor> IMAGES = Input.of("images", Types.IMAGE);
    private static final Input<String> FILENAME_PREFIX = Input.string("filename_prefix").defaultTo("ComfyUI");
    private static final Input<Double> FPS = Input.floating("fps").defaultTo(6.0).range(0.01, 1000.0).step(0.01);
    private static final Input<Integer> COMPRESS_LEVEL = Input.integer("compress_level").defaultTo(4).range(0, 9);

    private static final NodeDefinition DEFINITION = node("SaveAnimatedPNG")
            .category("image/animation")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGES, FILENAME_PREFIX, FPS, COMPRESS_LEVEL)
            .hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var images = inputs.get(IMAGES);
        var saver = Saver.in(context.folders(), Directory.OUTPUT, inputs.get(FILENAME_PREFIX), images.size(2), images.size(1));
        var frames = new ArrayList<byte[]>();
        for (var image : images.split(1, 0)) {
            frames.add(Pictures.png(Pictures.of(image.select(0, 0)), inputs.get(COMPRESS_LEVEL)));
        }
        var texts = context.service(Preferences.class).metadata() ? Saver.metadata(context) : Map.<String, String>of();
        int duration = (int) (1000 / inputs.get(FPS));
        var saved = saver.save(0, "png", path -> Files.write(path, AnimatedPng.of(frames, duration, texts)));
        return Film.shown(saved, true);
    }
}
