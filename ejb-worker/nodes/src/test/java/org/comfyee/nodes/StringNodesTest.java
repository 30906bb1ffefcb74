package org.comfyee.nodes;

import static org.comfyee.nodes.NodeCall.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.comfyee.workflow.node.InterruptedPromptException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts, against what Python makes of the same. */
class StringNodesTest {
    private static final String TEXT = "Foo bar1, foo_bar2\nFOO\n";

    private static Object one(String node, Object... namesAndValues) {
        return run(node, namesAndValues).getFirst();
    }

    @ParameterizedTest
    @CsvSource({"RegexMatch, x", "RegexExtract, First Match", "RegexReplace, x"})
    void expressionsThatReadATextForYearsAreInterrupted(String node, String mode) {
        Runnable interruption = () -> {
            throw new InterruptedPromptException();
        };
        assertThrows(InterruptedPromptException.class, () -> run(interruption, node, "string", "a".repeat(60) + "b", "regex_pattern", "(a|aa|aaa)+(c)\\2",
                "mode", mode, "replace", ""));
    }

    @Test
    void lettersChangeTheirCase() {
        var text = "StraßE ﬁnal ΑΣ o'neil 3rd ǆ x";
        assertEquals("STRASSE FINAL ΑΣ O'NEIL 3RD Ǆ X", one("CaseConverter", "string", text, "mode", "UPPERCASE"));
        assertEquals("straße ﬁnal ας o'neil 3rd ǆ x", one("CaseConverter", "string", text, "mode", "lowercase"));
        assertEquals("Straße ﬁnal ας o'neil 3rd ǆ x", one("CaseConverter", "string", text, "mode", "Capitalize"));
        assertEquals("Straße Final Ας O'Neil 3Rd ǅ X", one("CaseConverter", "string", text, "mode", "Title Case"));
    }

    @Test
    void textsAreCountedInCharacters() {
        assertEquals(4L, one("StringLength", "string", "ab😀c"));
        assertEquals("b😀", one("StringSubstring", "string", "ab😀c", "start", -3L, "end", -1L));
        assertEquals("", one("StringSubstring", "string", "abc", "start", 2L, "end", 1L));
        assertEquals("abc", one("StringSubstring", "string", "abc", "start", -9L, "end", 9L));
    }

    @Test
    void textsAreTrimmedJoinedAndReplaced() {
        assertEquals("a b", one("StringTrim", "string", "  \u0085a b\u00a0 ", "mode", "Both"));
        assertEquals("a ", one("StringTrim", "string", " a ", "mode", "Left"));
        assertEquals(" a", one("StringTrim", "string", " a ", "mode", "Right"));
        assertEquals("a, b", one("StringConcatenate", "string_a", "a", "string_b", "b", "delimiter", ", "));
        assertEquals("-a-b-", one("StringReplace", "string", "ab", "find", "", "replace", "-"));
        assertEquals("xbx", one("StringReplace", "string", "aba", "find", "a", "replace", "x"));
    }

    @Test
    void textsAreCompared() {
        assertEquals(false, one("StringContains", "string", "Abc", "substring", "aB"));
        assertEquals(true, one("StringContains", "string", "Abc", "substring", "aB", "case_sensitive", false));
        assertEquals(true, one("StringCompare", "string_a", "Abc", "string_b", "ab", "mode", "Starts With", "case_sensitive", false));
        assertEquals(false, one("StringCompare", "string_a", "Abc", "string_b", "ab", "mode", "Ends With", "case_sensitive", false));
        assertEquals(false, one("StringCompare", "string_a", "Abc", "string_b", "abc", "mode", "Equal"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "foo(\\w*)~true~false~'|_bar2|'",
        "^foo~true~true~Foo|FOO",
        "[[a-f]+o*~false~false~ba|foo|ba",
        "o{,2}b~false~false~b|b",
        "\\d\\Z~false~false~''",
        "o$~true~false~O",
        "(o)(x)?~false~false~o|o|o|o",
        "(~false~false~''",
        "\\h~false~false~''",
        "[]o]+~false~false~oo|oo",
        "(?#note)b\\x61r~false~false~bar|bar",
        "(?<!\\w)foo|\\101~false~false~foo",
        "(F)(o)\\2~false~false~F",
        "a{x}|\\{~false~false~''"})
    void expressionsFindWhatPythonFinds(String pattern, boolean ignoreCase, boolean multiline, String expected) {
        assertEquals(expected.replace('|', '\n'), one("RegexExtract", "string", TEXT, "regex_pattern", pattern, "mode", "All Matches",
                "case_insensitive", ignoreCase, "multiline", multiline));
    }

    @Test
    void groupsAreTakenFromMatches() {
        var text = "a1 b2 c";
        assertEquals("a1", one("RegexExtract", "string", text, "regex_pattern", "(\\w)(\\d)", "mode", "First Match"));
        assertEquals("1", one("RegexExtract", "string", text, "regex_pattern", "(\\w)(\\d)", "mode", "First Group", "group_index", 2));
        assertEquals("1\n2", one("RegexExtract", "string", text, "regex_pattern", "(\\w)(\\d)", "mode", "All Groups", "group_index", 2));
        assertEquals("", one("RegexExtract", "string", text, "regex_pattern", "(\\w)(\\d)", "mode", "First Group", "group_index", 3));
        assertEquals(true, one("RegexMatch", "string", text, "regex_pattern", "B(?=2)"));
        assertEquals(false, one("RegexMatch", "string", text, "regex_pattern", "*"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "(\\w+)@(\\w+)~\\2 at \\g<1>\\n~0~'abxd b at a|.c|z'",
        "x*~-~0~'-a-b--d- -a-@-b-.-c-|-z-'",
        "(?P<a_b>a)(z)?~[\\g<a_b>\\2]~1~'[a]bxd a@b.c|z'",
        "\\.~\\\\.~0~'abxd a@b\\.c|z'",
        "b~$1~0~'a$1xd a@$1.c|z'"})
    void replacementsAreThoseOfPython(String pattern, String replacement, int count, String expected) {
        assertEquals(expected.replace('|', '\n'),
                one("RegexReplace", "string", "abxd a@b.c\nz", "regex_pattern", pattern, "replace", replacement, "count", count));
    }

    @Test
    void wrongReplacementsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> run("RegexReplace", "string", "a", "regex_pattern", "a", "replace", "\\x"));
        assertThrows(IllegalArgumentException.class, () -> run("RegexReplace", "string", "a", "regex_pattern", "a", "replace", "\\3"));
        assertThrows(IllegalArgumentException.class, () -> run("RegexReplace", "string", "a", "regex_pattern", "(", "replace", ""));
    }
}
