package org.comfyee.web.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileContentTest {
    private static final String DATE = "Sun, 01 Mar 2026 12:00:00 GMT";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("a.txt"), "0123456789");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-03-01T12:00:00.5Z")));
    }

    private FileContent ask(String... headers) throws IOException {
        var map = new java.util.HashMap<String, String>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return FileContent.of(file, map::get);
    }

    private static String sent(FileContent content) throws IOException {
        var out = new ByteArrayOutputStream();
        content.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void withoutConditionsAllIsSent() throws IOException {
        var content = ask();
        assertEquals(200, content.status());
        assertEquals("0123456789", sent(content));
        assertEquals("10", content.headers().get("Content-Length"));
        assertEquals(DATE, content.headers().get("Last-Modified"));
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-3, 0123, 0-3", "bytes=4-, 456789, 4-9", "bytes=-2, 89, 8-9", "bytes=8-99, 89, 8-9", "bytes=-99, 0123456789, 0-9"})
    void aRangeIsSentAlone(String range, String expected, String told) throws IOException {
        var content = ask("Range", range);
        assertEquals(206, content.status());
        assertEquals(expected, sent(content));
        assertEquals("bytes " + told + "/10", content.headers().get("Content-Range"));
        assertEquals(Integer.toString(expected.length()), content.headers().get("Content-Length"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=5-2", "bytes=-", "bytes=a-b", "bytes=0-1,3-4", "bytes=-0", "bytes=99999999999999999999-"})
    void whatCannotBeSentIsSaidSo(String range) throws IOException {
        var content = ask("Range", range);
        assertEquals(416, content.status());
        assertEquals("bytes */10", content.headers().get("Content-Range"));
        assertEquals("", sent(content));
    }

    @Test
    void unitsOtherThanBytesAreNoRange() throws IOException {
        assertEquals(200, ask("Range", "lines=1-2").status());
    }

    @Test
    void whoHasTheFileGetsNothing() throws IOException {
        var tag = ask().headers().get("ETag");
        assertEquals(304, ask("If-None-Match", tag).status());
        assertEquals(304, ask("If-None-Match", "\"x\", W/" + tag).status());
        assertEquals(304, ask("If-Modified-Since", DATE).status());
        assertEquals(200, ask("If-None-Match", "\"x\"", "If-Modified-Since", DATE).status());
        assertEquals(200, ask("If-Modified-Since", "Sun, 01 Mar 2026 11:59:59 GMT").status());
        assertEquals(200, ask("If-Modified-Since", "yesterday").status());
    }

    @Test
    void conditionsThatFailAreSaidSo() throws IOException {
        assertEquals(412, ask("If-Match", "\"x\"").status());
        assertEquals(412, ask("If-Unmodified-Since", "Sun, 01 Mar 2026 11:00:00 GMT").status());
        assertEquals(200, ask("If-Match", "*").status());
    }

    @Test
    void aRangeOfAnOlderFileIsNotMixedWithThis() throws IOException {
        assertEquals(200, ask("Range", "bytes=2-", "If-Range", "\"x\"").status());
        assertEquals(206, ask("Range", "bytes=2-", "If-Range", ask().headers().get("ETag")).status());
        assertEquals(206, ask("Range", "bytes=2-", "If-Range", DATE).status());
    }

    @ParameterizedTest
    @CsvSource({"a.PNG, image/png", "a.svg, image/svg+xml", "a.html, application/octet-stream", "a.js, application/octet-stream",
        "a.xml, application/octet-stream", "a, application/octet-stream", "a.glb, model/gltf-binary", "a.mp4, video/mp4"})
    void whatABrowserWouldRunIsSentAsBytes(String name, String type) {
        assertEquals(type, MediaTypes.ofForeign(name));
    }

    @Test
    void thePageIsSentForABrowserToRun() {
        assertEquals(Map.of("a.js", "application/javascript; charset=utf-8", "a.html", "text/html; charset=utf-8", "a.woff2", "font/woff2"),
                Map.of("a.js", MediaTypes.ofPage("a.js"), "a.html", MediaTypes.ofPage("a.html"), "a.woff2", MediaTypes.ofPage("a.woff2")));
    }
}
