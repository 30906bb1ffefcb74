package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.comfyee.cluster.config.Setting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridOptionsTest {
    private final Listeners listeners = new Listeners(List.of(InetAddress.getLoopbackAddress()));

    @AfterEach
    void forget() {
        System.clearProperty(Setting.CLUSTER_INTERFACE.key());
    }

    @ParameterizedTest
    @CsvSource({"nowhere.invalid,which is no address of this machine", "192.0.2.1,which is no address of this machine", "0.0.0.0,expected one address of this machine"})
    void whatIsNoAddressOfThisMachineIsTold(String address, String problem) {
        System.setProperty(Setting.CLUSTER_INTERFACE.key(), address);
        var refusal = assertThrows(UsageException.class, () -> GridOptions.check(listeners)).getMessage();
        assertTrue(refusal.startsWith("--cluster-interface is '" + address + "', " + problem), refusal);
    }

    @Test
    void loopbackNeedsNoKey() {
        assertDoesNotThrow(() -> GridOptions.check(listeners));
    }
}
