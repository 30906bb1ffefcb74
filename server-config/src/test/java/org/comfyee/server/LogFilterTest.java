package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an operator gets to see of what the application server logs. */
class LogFilterTest {

    private static boolean isShown(String logger, Level level, Throwable failure) {
        var record = new LogRecord(level, "a request failed");
        record.setLoggerName(logger);
        record.setThrown(failure);
        return new LogFilter().isLoggable(record);
    }

    static Stream<Throwable> clientsThatAreGone() {
        return Stream.of(new IOException("Broken pipe"), new IOException("Connection reset by peer"), new ClosedChannelException(),
                new IllegalStateException(new UncheckedIOException(new IOException("Connection is closed"))));
    }

    static Stream<Throwable> failuresOfTheServer() {
        return Stream.of(new IOException("No space left on device"), new IOException("Too many open files"), new NoSuchFileException("domain.xml"),
                new EOFException(), new IOException("the archive is no zip"), new IllegalStateException(new IOException((String) null)));
    }

    @ParameterizedTest
    @MethodSource("clientsThatAreGone")
    void thatAClientIsGoneIsNoNews(Throwable failure) {
        assertEquals(false, isShown("org.glassfish.jersey", Level.SEVERE, failure));
        assertEquals(true, isShown("org.comfyee.web", Level.INFO, failure));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheServer")
    void otherFailuresOfInputAndOutputAreShown(Throwable failure) {
        assertEquals(true, isShown("org.glassfish.jersey", Level.SEVERE, failure));
    }

    @Test
    void othersAreHeardFromWarningsOn() {
        assertEquals(true, isShown("org.glassfish.jersey", Level.WARNING, null));
        assertEquals(false, isShown("org.glassfish.jersey", Level.INFO, null));
        assertEquals(true, isShown("org.comfyee.web", Level.INFO, null));
    }
}
