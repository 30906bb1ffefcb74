package org.comfyee.web.files;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Media types of files, by the endings of their names. */
public final class MediaTypes {
    public static final String UNKNOWN = "application/octet-stream";

    private static final Map<String, String> BY_EXTENSION = Map.ofEntries(
            Map.entry("png", "image/png"), Map.entry("jpg", "image/jpeg"), Map.entry("jpeg", "image/jpeg"), Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"), Map.entry("bmp", "image/bmp"), Map.entry("tif", "image/tiff"), Map.entry("tiff", "image/tiff"),
            Map.entry("ico", "image/vnd.microsoft.icon"), Map.entry("svg", "image/svg+xml"), Map.entry("avif", "image/avif"),
            Map.entry("mp4", "video/mp4"), Map.entry("webm", "video/webm"), Map.entry("mov", "video/quicktime"), Map.entry("mkv", "video/x-matroska"),
            Map.entry("avi", "video/x-msvideo"), Map.entry("mpeg", "video/mpeg"), Map.entry("ogv", "video/ogg"),
            Map.entry("mp3", "audio/mpeg"), Map.entry("wav", "audio/x-wav"), Map.entry("flac", "audio/flac"), Map.entry("ogg", "audio/ogg"),
            Map.entry("opus", "audio/ogg"), Map.entry("m4a", "audio/mp4"), Map.entry("aac", "audio/aac"),
            Map.entry("glb", "model/gltf-binary"), Map.entry("gltf", "model/gltf+json"), Map.entry("obj", "model/obj"), Map.entry("stl", "model/stl"),
            Map.entry("json", "application/json"), Map.entry("map", "application/json"), Map.entry("wasm", "application/wasm"),
            Map.entry("pdf", "application/pdf"), Map.entry("zip", "application/zip"), Map.entry("xml", "text/xml"), Map.entry("txt", "text/plain"),
            Map.entry("csv", "text/csv"), Map.entry("md", "text/markdown"), Map.entry("html", "text/html"), Map.entry("htm", "text/html"),
            Map.entry("xhtml", "application/xhtml+xml"), Map.entry("css", "text/css"), Map.entry("js", "application/javascript"),
            Map.entry("mjs", "text/javascript"), Map.entry("woff", "font/woff"), Map.entry("woff2", "font/woff2"), Map.entry("ttf", "font/ttf"),
            Map.entry("otf", "font/otf"));

    /** Types that a browser would run with the rights of this server's page. */
    private static final Set<String> ACTIVE =
            Set.of("text/html", "application/xhtml+xml", "text/javascript", "application/javascript", "text/css", "text/xml");

    private MediaTypes() {}

    /** The type of a file that belongs to the page. */
    public static String ofPage(String fileName) {
        var type = of(fileName);
        boolean text = type.startsWith("text/") || type.equals("application/javascript");
        return text ? type + "; charset=utf-8" : type;
    }

    /** The type of a file that anybody may have put here: what would run is sent as bytes. */
    public static String ofForeign(String fileName) {
        var type = of(fileName);
        return ACTIVE.contains(type) ? UNKNOWN : type;
    }

    /** Whether a file of that type, opened in a browser of its own accord, needs a sandbox: pictures that may hold scripts. */
    public static boolean needsSandbox(String type) {
        return type.equals("image/svg+xml");
    }

    public static boolean isPicture(String fileName) {
        return of(fileName).startsWith("image/");
    }

    private static String of(String fileName) {
        return BY_EXTENSION.getOrDefault(fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT), UNKNOWN);
    }
}
