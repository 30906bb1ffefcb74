package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.comfyee.cluster.config.Setting;
import org.junit.jupiter.api.Test;

class CommandLineTest {

    private static Map<Setting, String> settings(String... arguments) throws UsageException {
        return CommandLine.parse(List.of(arguments)).settings();
    }

    @Test
    void someOptionsTakeSeveralValuesAndComeAgain() throws UsageException {
        assertEquals(Map.of(Setting.EXTRA_MODEL_PATHS_CONFIG, "a.yaml:b.yaml:c.yaml", Setting.CPU, "true"),
                settings("--extra-model-paths-config", "a.yaml", "b.yaml", "--cpu", "--extra-model-paths-config=c.yaml"));
        var failure = assertThrows(UsageException.class, () -> settings("--extra-model-paths-config", "--cpu"));
        assertEquals("--extra-model-paths-config needs at least one value", failure.getMessage());
    }

    @Test
    void othersTakeOneAndTheLastCounts() throws UsageException {
        assertEquals(Map.of(Setting.PORT, "2", Setting.LISTEN, "0.0.0.0"), settings("--port", "1", "--listen", "--port=2"));
        assertThrows(UsageException.class, () -> settings("--port", "1", "2"));
        assertThrows(UsageException.class, () -> settings("--nonsense"));
    }
}
