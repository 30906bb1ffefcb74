package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole workflows, against what a ComfyUI server made of them. */
class GoldenWorkflowTest {
    @TempDir
    private static Path base;

    private static GoldenFixture fixture;

    @BeforeAll
    static void prepare() throws IOException {
        fixture = new GoldenFixture(base);
    }

    static List<GoldenFixture.Case> runnable() throws IOException {
        return GoldenFixture.runnable();
    }

    @Test
    void mostRecordingsAreCompared() throws IOException {
        assertTrue(runnable().size() >= 25, "only " + runnable());
    }

    @ParameterizedTest
    @MethodSource("runnable")
    void givesWhatComfyUiGave(GoldenFixture.Case each) throws IOException {
        fixture.assertMakesTheSame(each);
    }
}
