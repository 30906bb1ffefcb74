package org.comfyee.server;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import java.util.logging.Filter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;

/** Lets through what an operator should see: our own messages and others' warnings. Named by {@code logging.properties}. */
public final class LogFilter implements Filter {
    /** The application server comes with certificates of authorities, of which some have expired. None is used here. */
    private static final Pattern UNUSED_CERTIFICATE = Pattern.compile("The SSL certificate .* has expired.*", Pattern.DOTALL);

    /** What the system says, and last the server, when the other side has closed a connection. */
    private static final Set<String> CLIENT_GONE = Set.of("Broken pipe", "Connection reset", "Connection reset by peer", "Connection is closed");

    private final Formatter formatter = new SimpleFormatter();

    @Override
    public boolean isLoggable(LogRecord record) {
        var logger = record.getLoggerName();
        if (logger != null && logger.startsWith("org.comfyee")) {
            return true;
        }
        if (isClientGone(record.getThrown())) {
            return false;
        }
        // Some of the server's loggers set their own level, so that the configured one does not reach them.
        return record.getLevel().intValue() >= Level.WARNING.intValue() && !UNUSED_CERTIFICATE.matcher(formatter.formatMessage(record)).matches();
    }

    /** Whether an answer could not be sent or a request not be read to its end: clients go when they like. */
    private static boolean isClientGone(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedChannelException || cause instanceof IOException && CLIENT_GONE.contains(String.valueOf(cause.getMessage()))) {
                return true;
            }
        }
        return false;
    }
}
