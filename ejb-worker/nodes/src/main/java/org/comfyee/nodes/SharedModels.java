package org.comfyee.nodes;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Checkpoint;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.vae.VaeModel;

/**
 * Text encoders and autoencoders that sessions of this process opened of the same files for the same place. Where sessions on
 * several GPUs have them on the CPU, they are in memory once; each is known as long as a session has it.
 */
final class SharedModels {
    private static final Map<Key, WeakReference<Object>> OPEN = new HashMap<>();

    /** @param made of what, as which kind of model */
    private record Key(Object made, List<Object> place) {}

    private SharedModels() {}

    /**
     * The same model as another session has opened it, if one has, or else this one.
     *
     * @param made what it was made of
     * @param opened as the calling thread's {@link Placements} want it
     */
    @SuppressWarnings("unchecked")
    static <T> T known(Object made, T opened) {
        var placements = Placements.current();
        return (T) switch (opened) {
            case Checkpoint checkpoint -> new Checkpoint(checkpoint.model(), known(made, checkpoint.text()), known(made, checkpoint.vae()));
            case TextEncoder text -> known(new Key(made, List.of("text", placements.textDevice(), placements.textWeights())), text);
            case VaeModel vae -> known(new Key(made, List.of("VAE", placements.vaeDevice(), placements.vae())), vae);
            default -> opened;
        };
    }

    private static synchronized Object known(Key key, Object opened) {
        OPEN.values().removeIf(each -> each.refersTo(null));
        var reference = OPEN.get(key);
        var known = reference == null ? null : reference.get();
        if (known == null) {
            OPEN.put(key, new WeakReference<>(opened));
            return opened;
        }
        return known;
    }
}
