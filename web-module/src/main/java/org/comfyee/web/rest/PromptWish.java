package org.comfyee.web.rest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a client wants the result of a prompt.
 *
 * @param form what it accepts best of what there is; empty if it accepts none of that
 * @param asynchronous whether it does not wait
 */
record PromptWish(Optional<Form> form, boolean asynchronous) {
    private static final String RESPOND_ASYNC = "respond-async";

    /** What a result may be sent as. */
    enum Form {
        JSON,
        PNG
    }

    private record Candidate(Form form, double weight) {}

    /**
     * @param accept header {@code Accept}, with its weights; {@code application/json} if null
     * @param hints where else a client may write {@code respond-async}: header {@code Prefer}, parameter {@code prefer} and the
     *         type of the body; values may be null
     */
    static PromptWish of(String accept, String... hints) {
        var wanted = accept == null || accept.isBlank() ? "application/json" : accept;
        boolean asynchronous = wanted.contains(RESPOND_ASYNC);
        for (var hint : hints) {
            asynchronous |= hint != null && hint.contains(RESPOND_ASYNC);
        }
        var candidates = new ArrayList<Candidate>();
        for (var range : wanted.split(",")) {
            var parts = range.split(";");
            // A wish may hang on the type: application/json+respond-async.
            form(parts[0].strip().toLowerCase(Locale.ROOT).replaceFirst("\\+.*", ""))
                    .ifPresent(form -> candidates.add(new Candidate(form, weight(List.of(parts)))));
        }
        var best = candidates.stream().filter(candidate -> candidate.weight() > 0).max(Comparator.comparingDouble(Candidate::weight));
        // Of equals, the first.
        var form = best.flatMap(top -> candidates.stream().filter(candidate -> candidate.weight() == top.weight()).findFirst()).map(Candidate::form);
        return new PromptWish(form, asynchronous);
    }

    private static Optional<Form> form(String type) {
        return switch (type) {
            case "application/json", "application/*", "*/*" -> Optional.of(Form.JSON);
            case "image/png", "image/*" -> Optional.of(Form.PNG);
            default -> Optional.empty();
        };
    }

    private static double weight(List<String> parts) {
        for (var part : parts.subList(1, parts.size())) {
            var parameter = part.strip();
            if (parameter.matches("q=[01](\\.[0-9]{0,3})?")) {
                return Double.parseDouble(parameter.substring(2));
            }
        }
        return 1;
    }
}
