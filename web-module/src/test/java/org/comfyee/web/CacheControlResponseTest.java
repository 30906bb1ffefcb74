package org.comfyee.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheControlResponseTest {

    @ParameterizedTest
    @CsvSource({
        "/scripts/app.js, 200, no-cache",
        "/page/base.css, 404, no-cache",
        "/templates/index.json, 200, no-cache",
        "/templates/index.de.json, 200, no-cache",
        "/templates/other.json, 200, ",
        "/pictures/a.png, 200, 'public, max-age=86400'",
        "/pictures/A.JPG, 206, 'public, max-age=86400'",
        "/pictures/a.webp, 404, 'public, max-age=3600'",
        "/pictures/a.webp, 302, no-cache",
        "/pictures/a.webp, 304, ",
        "/png, 200, ",
        "/view, 200, "})
    void pathAndStatusSayHowLongAnAnswerIsKept(String path, int status, String expected) {
        assertEquals(Optional.ofNullable(expected), CacheControlResponse.rule(path, status));
    }
}
