package org.comfyee.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginRuleTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8188, http://127.0.0.1:8188, , false",
        "127.0.0.1:8188, http://127.0.0.1:9000, , true",
        "127.0.0.1:8188, http://127.0.0.1, , false",
        "127.0.0.1, http://127.0.0.1:8188, , false",
        "localhost:8188, http://127.0.0.1:8188, , true",
        "127.0.0.1:8188, http://evil.example, , true",
        "LOCALHOST:8188, HTTP://localhost:8188, , false",
        "192.0.2.7:8188, http://evil.example, , false",
        "'[::1]:8188', http://evil.example, , true",
        "127.0.0.1:8188, null, cross-site, true",
        "127.0.0.1:8188, null, same-origin, false",
        "127.0.0.1:8188, null, , false",
        "127.0.0.1:8188, http://ev il, , true",
        "127.0.0.1:8188, , cross-site, false",
        ", http://evil.example, , false"})
    void onlyForeignPagesAreKeptFromLoopback(String host, String origin, String site, boolean foreign) {
        assertEquals(foreign, OriginRule.isForeign(host, origin, site));
    }
}
