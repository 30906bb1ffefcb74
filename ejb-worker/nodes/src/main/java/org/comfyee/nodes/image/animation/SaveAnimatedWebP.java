package org.comfyee.nodes.image.animation;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Pictures;
import org.comfyee.nodes.image.Saver;
import org.comfyee.nodes.image.WebP;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Saves pictures as a film in an animated WebP file. */
public final class SaveAnimatedWebP implements Node {
    private static final Map<String, Integer> EFFORTS = Map.of("default", 4, "fastest", 0, "slowest", 6);
    private static final int MODEL = 0x0110;
    private static final Input<Tensor> IMAGES = Input.of("images", Types.IMAGE);
    private static final Input<String> FILENAME_PREFIX = Input.string("filename_prefix").defaultTo("ComfyUI");
    private static final Input<Double> FPS = Input.floating("fps").defaultTo(6.0).range(0.01, 1000.0).step(0.01);
    private static final Input<Boolean> LOSSLESS = Input.bool("lossless").defaultTo(true);
    private static final Input<Integer> QUALITY = Input.integer("quality").defaultTo(80).range(0, 100);
    private static final Input<String> METHOD = Input.combo("method", List.of("default", "fastest", "slowest"));

    private static final NodeDefinition DEFINITION = node("SaveAnimatedWEBP")
            .category("image/animation")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGES, FILENAME_PREFIX, FPS, LOSSLESS, QUALITY, METHOD)
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
        var compression = inputs.get(LOSSLESS) ? WebP.Compression.LOSSLESS : WebP.Compression.LOSSY;
        int effort = EFFORTS.get(inputs.get(METHOD));
        var frames = new ArrayList<byte[]>();
        for (var image : images.split(1, 0)) {
            frames.add(WebP.encode(Pictures.of(image.select(0, 0)), compression, inputs.get(QUALITY), effort));
        }
        var exif = context.service(Preferences.class).metadata() ? ExifTexts.of(texts(context)) : new byte[0];
        int duration = (int) (1000 / inputs.get(FPS));
        var file = AnimatedWebP.of(frames, (int) images.size(2), (int) images.size(1), images.size(3) == 4, duration, exif);
        var saved = saver.save(0, "webp", path -> Files.write(path, file));
        return Film.shown(saved, frames.size() > 1);
    }

    /** What the file is to say of its workflow: by the camera's model the prompt, by the maker and the tags before it the rest. */
    private static SortedMap<Integer, String> texts(NodeContext context) {
        var texts = new TreeMap<Integer, String>();
        int tag = MODEL;
        for (var text : Saver.metadata(context).entrySet()) {
            texts.put(tag--, text.getKey() + ":" + text.getValue());
        }
        return texts;
    }
}
