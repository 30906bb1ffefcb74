package org.comfyee.web.rest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;

/** Size and times of files in the form that clients know: seconds, with fractions. */
final class FileTimes {
    private FileTimes() {}

    /** {@code modified}, {@code created} and {@code size}. */
    static Map<String, Object> of(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        var times = new LinkedHashMap<String, Object>();
        times.put("modified", seconds(attributes.lastModifiedTime()));
        times.put("created", seconds(attributes.creationTime()));
        times.put("size", attributes.size());
        return times;
    }

    private static double seconds(FileTime time) {
        var instant = time.toInstant();
        return instant.getEpochSecond() + instant.getNano() / 1e9;
    }
}
