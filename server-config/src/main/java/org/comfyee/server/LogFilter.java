package org.comfyee.server;

import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Lets through what an operator should see: our own messages and others' warnings. Named by {@code logging.properties}. */
public final class LogFilter implements Filter {

    @Override
    public boolean isLoggable(LogRecord record) {
        var logger = record.getLoggerName();
        // Some of the server's loggers set their own level, so that the configured one does not reach them.
        return logger != null && logger.startsWith("org.comfyee") || record.getLevel().intValue() >= Level.WARNING.intValue();
    }
}
