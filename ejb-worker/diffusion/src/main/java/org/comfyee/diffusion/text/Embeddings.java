package org.comfyee.diffusion.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.checkpoint.WeightsFile;
import org.comfyee.torch.Tensor;

/**
 * Words that were learnt as vectors (Gal et al. 2022, "An Image is Worth One Word": textual inversion), which a prompt calls
 * {@code embedding:name}.
 *
 * @param directories in which their files are looked for, and in the directories below these
 */
public record Embeddings(List<Path> directories) {
    static final Embeddings NONE = new Embeddings(List.of());

    private static final System.Logger LOG = System.getLogger(Embeddings.class.getName());
    private static final String CALL = "embedding:";
    private static final List<String> EXTENSIONS = List.of("", ".safetensors", ".pt", ".bin");
    /** What the first training programs call the vectors, followed by the word. */
    private static final String TRAINED = "string_to_param.";
    private static final String BUNDLE = "bundle_emb.";

    /** A stretch of a prompt. */
    sealed interface Piece {
        record Text(String text) implements Piece {}

        /** @param vectors {@code [channels]} each */
        record Vectors(List<Tensor> vectors) implements Piece {}
    }

    /**
     * Cuts a text where words are called; those that do not exist are left out, which is logged.
     *
     * @throws UncheckedIOException if a word's file cannot be read, or holds no tensors
     */
    List<Piece> pieces(String text, TextPart part) {
        var pieces = new ArrayList<Piece>();
        if (directories.isEmpty()) {
            pieces.add(new Piece.Text(text));
            return pieces;
        }
        for (var word : text.split("[ \n](?=" + CALL + ")")) {
            if (!word.startsWith(CALL)) {
                addText(pieces, word);
            } else {
                addCall(pieces, word.substring(CALL.length()).strip(), part);
            }
        }
        return pieces;
    }

    private static void addText(List<Piece> pieces, String text) {
        if (!text.isEmpty()) {
            pieces.add(new Piece.Text(text));
        }
    }

    /** @param call a name, and perhaps text behind it */
    private void addCall(List<Piece> pieces, String call, TextPart part) {
        var words = call.split("\\s+", 2);
        var name = words[0];
        var rest = words.length > 1 ? String.join(" ", words[1].split("\\s+")) : "";
        var vectors = load(name, part);
        var stripped = name.replaceAll("^,+|,+$", "");
        if (vectors.isEmpty() && stripped.length() < name.length()) {
            vectors = load(stripped, part);
            rest = name.substring(stripped.length()) + " " + rest;
        }
        vectors.ifPresentOrElse(found -> pieces.add(new Piece.Vectors(found)),
                () -> LOG.log(Level.WARNING, () -> "there is no embedding '" + name + "'; it is left out of the prompt"));
        addText(pieces, rest);
    }

    private Optional<List<Tensor>> load(String name, TextPart part) {
        try {
            var file = find(name);
            if (file.isEmpty()) {
                return Optional.empty();
            }
            var stored = vectors(WeightsFile.openAlsoPickle(file.get()), part.file()).borrow();
            var rows = stored.reshape(-1, stored.size(-1));
            var vectors = new ArrayList<Tensor>();
            for (int i = 0; i < rows.size(0); i++) {
                vectors.add(rows.select(0, i));
            }
            return Optional.of(vectors);
        } catch (IOException e) {
            throw new UncheckedIOException("the embedding '" + name + "' cannot be loaded: " + e.getMessage(), e);
        }
    }

    private Optional<Path> find(String name) throws IOException {
        for (var top : directories) {
            if (Files.isDirectory(top)) {
                try (var below = Files.walk(top, FileVisitOption.FOLLOW_LINKS)) {
                    for (var directory : below.filter(Files::isDirectory).sorted().toList()) {
                        var file = findIn(directory.toAbsolutePath().normalize(), name);
                        if (file.isPresent()) {
                            return file;
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> findIn(Path directory, String name) {
        try {
            return EXTENSIONS.stream()
                    .map(extension -> directory.resolve(name + extension).normalize())
                    .filter(file -> file.startsWith(directory) && Files.isRegularFile(file))
                    .findFirst();
        } catch (InvalidPathException e) {
            // A name that this system cannot have is none of a file.
            return Optional.empty();
        }
    }

    /** Of files for several encoders, the one that the encoder has; of bundles, all; of others, the first. */
    private static Parameter vectors(Weights file, String encoder) throws IOException {
        var learnt = file.names().stream().filter(name -> name.startsWith(TRAINED)).findFirst();
        if (learnt.isPresent()) {
            return file.get(learnt.get());
        }
        if (file.find(encoder).isPresent()) {
            return file.get(encoder);
        }
        for (var end : List.of(".string_to_param.*", "." + encoder)) {
            var bundled = file.names().stream().filter(name -> name.startsWith(BUNDLE) && name.endsWith(end)).map(file::get).toList();
            if (!bundled.isEmpty()) {
                return joined(bundled);
            }
        }
        return file.names().stream().findFirst().map(file::get).orElseThrow(() -> new IOException("the file holds no tensor"));
    }

    private static Parameter joined(List<Parameter> parts) {
        var shape = parts.getFirst().shape();
        shape[0] = parts.stream().mapToLong(part -> part.shape()[0]).sum();
        return parts.getFirst().derived("bundle", shape, _ -> Tensor.cat(parts.stream().map(Parameter::borrow).toList(), 0));
    }
}
