package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.DiscreteSchedule;
import org.comfyee.diffusion.model.Prediction;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * What the training configuration of a checkpoint says that its weights do not show, in the YAML of CompVis' latent-diffusion.
 *
 * @param velocity whether the network predicts velocity
 * @param textLayer of the text encoder whose state is used, counted from the end
 */
public record CheckpointConfig(boolean velocity, Optional<Integer> textLayer) {
    private static final String VELOCITY = "v";

    /**
     * @throws CheckpointException if it is no YAML, or not of a checkpoint
     * @throws IOException if it cannot be read
     */
    public static CheckpointConfig read(Path path) throws IOException {
        var file = path.getFileName().toString();
        var params = map(file, map(file, parsed(file, Files.readString(path)), "model"), "params");
        var text = map(file, params, "cond_stage_config");
        return new CheckpointConfig(VELOCITY.equals(params.get("parameterization")), textLayer(file, text));
    }

    private static Map<?, ?> parsed(String file, String yaml) throws CheckpointException {
        try {
            // Knows plain values only: tags that stand for classes are errors.
            var parsed = new Load(LoadSettings.builder().setLabel(file).build()).loadFromString(yaml);
            if (parsed instanceof Map<?, ?> map) {
                return map;
            }
            throw new CheckpointException(file + " is no configuration of a checkpoint: it is no map");
        } catch (YamlEngineException e) {
            throw new CheckpointException(file + " is no YAML: " + e.getMessage());
        }
    }

    private static Map<?, ?> map(String file, Map<?, ?> parent, String key) throws CheckpointException {
        if (parent.get(key) instanceof Map<?, ?> map) {
            return map;
        }
        throw new CheckpointException(file + " is no configuration of a checkpoint: it has no map '" + key + "' where there should be one");
    }

    private static Optional<Integer> textLayer(String file, Map<?, ?> text) throws CheckpointException {
        var layer = text.get("params") instanceof Map<?, ?> params ? params.get("layer_idx") : null;
        return switch (layer) {
            case null -> Optional.empty();
            case Integer number -> Optional.of(number);
            default -> throw new CheckpointException(file + ": layer_idx is '" + layer + "', expected a whole number");
        };
    }

    /** The models of a checkpoint as the configuration wants them. */
    public Checkpoint applied(Checkpoint checkpoint) {
        var model = velocity ? predictingVelocity(checkpoint.model()) : checkpoint.model();
        return new Checkpoint(model, textLayer.map(checkpoint.text()::withLastLayer).orElse(checkpoint.text()), checkpoint.vae());
    }

    /** Over the timesteps that its file tells. */
    private static DiffusionModel predictingVelocity(DiffusionModel model) {
        var schedule = model.sampling() instanceof DiffusionSampling sampling && sampling.schedule() instanceof DiscreteSchedule discrete
                ? discrete
                : model.family().schedule();
        return model.withSampling(new DiffusionSampling(Prediction.VELOCITY, schedule));
    }
}
