package org.comfyee.server.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "*", "/prompt", "//prompt", "/a/..b", "/a/b..", "/.../.x", "/userdata/a%2Fb.json", "/userdata/a%0Ab", "/%C3%BC.png", "/\u00c3\u00bc.png", "/a;b=c", "/[a]{b}|c"})
    void whatCanBeDecodedIsAPath(String path) {
        assertTrue(RequestRules.isPath(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "prompt", "a:80", "/%", "/%2", "/%zz", "/%+1", "/%00", "/a%00b", "/%c0%af", "/%ff", "/\u00ff", "/a\u0001b", "/a\u007f", "/a b", "/..\\x", "/a%5cb",
        "/..", "/.", "/a/.", "/a/../b", "/./a", "/a/%2E./b", "/a/..;x/b", "/a/b/..", "/a/%2e%2e", "/a%2F.", "/a/../../b", "/%2e%2e/x", "/\u0001"})
    void whatCannotBeOrLeavesTheRootIsNone(String path) {
        assertFalse(RequestRules.isPath(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a:", "a:80", "127.0.0.1:8188", "[::1]", "[::1]:8188", "example.org:65535"})
    void hostsMayHaveAPort(String host) {
        assertTrue(RequestRules.isHost(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a:x", "a:b:c", "a:65536", "a:99999999", "[::1", "::1", "a/b", "a\\b", "user@a", "a#b", "a\u0000"})
    void nothingElseIsAHost(String host) {
        assertFalse(RequestRules.isHost(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0001", "a\tb", "\u007f"})
    void queriesHaveNoControlCharacters(String query) {
        assertFalse(RequestRules.isQuery(query));
        assertTrue(RequestRules.isQuery("filename=%zz&a=[b]{c}|\u00ff"));
    }
}
