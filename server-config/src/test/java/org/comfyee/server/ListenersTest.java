package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.comfyee.cluster.config.Setting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenersTest {
    @AfterEach
    void forget() {
        System.clearProperty(Setting.LISTEN.key());
        System.clearProperty(Setting.PORT.key());
    }

    private static Listeners of(String listen) throws UsageException {
        System.setProperty(Setting.LISTEN.key(), listen);
        return Listeners.configured();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"127.0.0.1|http://127.0.0.1:80|1|false", "127.0.0.2, 127.0.0.1,|http://127.0.0.2:80|2|false",
        "127.0.0.1,127.0.0.1|http://127.0.0.1:80|1|false", "::1|http://[0:0:0:0:0:0:0:1]:80|1|false", "0.0.0.0,::|http://127.0.0.1:80|1|true",
        "127.0.0.1,::|http://127.0.0.1:80|1|true", "127.0.0.1,192.0.2.1|http://127.0.0.1:80|2|true"})
    void addressesAreServedThatNoOtherIncludes(String listen, String url, int count, boolean open) throws UsageException {
        var listeners = of(listen);
        assertEquals(url, listeners.url(false, 80));
        assertEquals(count, listeners.addresses().size());
        assertEquals(open, listeners.areOpen());
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "127.0.0.1,nowhere.invalid"})
    void whatIsNoAddressIsTold(String listen) {
        var refusal = assertThrows(UsageException.class, () -> of(listen));
        assertEquals("--listen is '" + listen + "'", refusal.getMessage().split(", (?=where|expected)")[0]);
    }

    @Test
    void aPortMustBeFreeAtEachAddress() throws Exception {
        var listeners = of("127.0.0.1,127.0.0.2");
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
            System.setProperty(Setting.PORT.key(), Integer.toString(taken.getLocalPort()));
            var refusal = assertThrows(UsageException.class, () -> Ports.choose(Setting.PORT, listeners, true));
            assertEquals("port " + taken.getLocalPort() + " on 127.0.0.2 is taken; choose another with --port", refusal.getMessage());
        }
    }
}
