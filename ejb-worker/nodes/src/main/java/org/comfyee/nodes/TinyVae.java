package org.comfyee.nodes;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.workflow.files.Folders;

/**
 * A TAESD, whose halves lie in files of their own.
 *
 * @param format of the latents of the models that it is for
 */
public record TinyVae(String name, LatentFormat format) {
    private static final String FOLDER = "vae_approx";

    public static final List<TinyVae> ALL = List.of(new TinyVae("taesd", LatentFormat.SD15), new TinyVae("taesdxl", LatentFormat.SDXL),
            new TinyVae("taesd3", LatentFormat.SD3), new TinyVae("taef1", LatentFormat.FLUX));

    /** The one for the latents of a model. */
    public static Optional<TinyVae> of(LatentFormat format) {
        return ALL.stream().filter(each -> each.format == format).findFirst();
    }

    /** Its file in the folder {@code vae_approx}, of any ending. */
    public Optional<Path> encoder(Folders folders) {
        return file(folders, "encoder");
    }

    /** Likewise. */
    public Optional<Path> decoder(Folders folders) {
        return file(folders, "decoder");
    }

    private Optional<Path> file(Folders folders, String half) {
        return folders.models(FOLDER).stream()
                .filter(file -> file.startsWith(name + "_" + half + "."))
                .findFirst()
                .flatMap(file -> folders.findModel(FOLDER, file));
    }

    /** Whether both halves are there. */
    public boolean isComplete(Folders folders) {
        return encoder(folders).isPresent() && decoder(folders).isPresent();
    }
}
