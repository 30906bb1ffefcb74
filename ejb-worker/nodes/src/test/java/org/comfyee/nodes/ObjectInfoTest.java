package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.node.Node;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Definitions as clients see them, against a recording. */
class ObjectInfoTest {
    @TempDir
    private static Path base;

    private static Map<String, Object> recorded;

    @BeforeAll
    static void prepare() throws IOException {
        try (var stream = ObjectInfoTest.class.getResourceAsStream("/golden/object_info.json")) {
            recorded = Json.object(Json.parse(stream)).orElseThrow();
        }
        // The files that were there when the recording was made.
        for (var file : new String[] {"models/checkpoints/broken.safetensors", "models/checkpoints/tiny-sd15.safetensors", "input/pattern.png"}) {
            Files.createDirectories(base.resolve(file).getParent());
            Files.createFile(base.resolve(file));
        }
    }

    static Stream<String> names() {
        return WorkflowFixture.REGISTRY.all().stream().map(Node::definition).map(definition -> definition.name());
    }

    @ParameterizedTest
    @MethodSource("names")
    void definitionEqualsTheRecording(String name) {
        var definition = WorkflowFixture.REGISTRY.find(name).orElseThrow().definition();
        assertEquals(recorded.get(name), Json.parse(Json.write(definition.toObjectInfo(Folders.of(base)))));
    }
}
