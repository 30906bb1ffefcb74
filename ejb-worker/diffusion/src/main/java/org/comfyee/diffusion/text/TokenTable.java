package org.comfyee.diffusion.text;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/** The vectors of tokens: rows of a table, or what was learnt in their place. */
final class TokenTable {
    private static final System.Logger LOG = System.getLogger(TokenTable.class.getName());

    private TokenTable() {}

    /** @return {@code [all tokens, channels]} */
    static Tensor rows(Parameter table, List<List<Token>> tokens) {
        var all = tokens.stream().flatMap(List::stream).toList();
        // The table is large and a prompt needs few of its rows, so only these are converted.
        var rows = table.rows(Tensor.of(all.stream().mapToLong(Token::id).toArray(), all.size()));
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).vector().isPresent()) {
                rows.select(0, i).copyInPlace(all.get(i).vector().get());
            }
        }
        return rows;
    }

    /** Without vectors of another size, for each of which there is padding at the end. */
    static List<Token> fitting(List<Token> tokens, int width, int padding) {
        var fitting = new ArrayList<>(tokens);
        fitting.removeIf(token -> token.vector().filter(vector -> vector.size(0) != width).isPresent());
        if (fitting.size() < tokens.size()) {
            LOG.log(Level.WARNING, () -> "an embedding is left out of the prompt, since it is for another text encoder than this one of width " + width);
        }
        while (fitting.size() < tokens.size()) {
            fitting.add(Token.plain(padding));
        }
        return fitting;
    }

    /** The place of the first end token. */
    static int end(List<Token> tokens) {
        int place = 0;
        while (tokens.get(place).vector().isPresent() || tokens.get(place).id() != BytePairEncoder.END) {
            place++;
        }
        return place;
    }
}
