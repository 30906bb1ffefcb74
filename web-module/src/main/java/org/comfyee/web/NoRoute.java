package org.comfyee.web;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The answer where a method has no route. Files of the page may lie below every path of ComfyUI except {@code /internal}:
 * whoever reads there finds no file, even where others may write, and whoever does something else could have read.
 *
 * @param allowed the methods that could have been used
 */
public record NoRoute(int status, Set<String> allowed) {
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    /**
     * @param files whether files could lie there
     * @param routes the methods that have a route there; none if there is no such path
     */
    public static NoRoute of(boolean files, String method, Set<String> routes) {
        var allowed = new TreeSet<>(routes);
        // Answered before there is a question of routes.
        allowed.remove("OPTIONS");
        if (files || allowed.contains("GET")) {
            allowed.addAll(Set.of("GET", "HEAD"));
        }
        return allowed.isEmpty() || allowed.contains(method) ? new NoRoute(NOT_FOUND, allowed) : new NoRoute(NOT_ALLOWED, allowed);
    }

    /** The body, of which there is none where a file was sought. */
    public String text() {
        if (status == NOT_ALLOWED) {
            return "405: Method Not Allowed";
        }
        return allowed.isEmpty() ? "404: Not Found" : "";
    }

    /** The value of the header {@code Allow}, which only a wrong method is told. */
    public Optional<String> allow() {
        return status == NOT_ALLOWED ? Optional.of(String.join(",", allowed)) : Optional.empty();
    }

    public String type() {
        return text().isEmpty() ? "application/octet-stream" : "text/plain; charset=utf-8";
    }
}
