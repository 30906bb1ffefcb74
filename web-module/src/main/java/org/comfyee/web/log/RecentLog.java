package org.comfyee.web.log;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** The latest lines of this process's log, for clients to see. */
public final class RecentLog extends Handler {
    private static final int MOST_ENTRIES = 300;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS");
    private static final String OWN_LOGGERS = "org.comfyee";

    private final ArrayDeque<Map<String, Object>> entries = new ArrayDeque<>();
    /** Listeners are told by a thread of their own: what they do may be logged in its turn. */
    private final LinkedBlockingQueue<Map<String, Object>> untold = new LinkedBlockingQueue<>(MOST_ENTRIES);
    private final Consumer<List<Map<String, Object>>> listener;
    private final Thread teller;

    private RecentLog(Consumer<List<Map<String, Object>>> listener) {
        this.listener = listener;
        setFormatter(new SimpleFormatter());
        teller = Thread.ofVirtual().name("recent-log").start(this::tell);
    }

    /**
     * Begins to listen to the log of the process.
     *
     * @param listener gets new entries, several at once if there are
     */
    public static RecentLog capture(Consumer<List<Map<String, Object>>> listener) {
        var log = new RecentLog(listener);
        Logger.getLogger("").addHandler(log);
        return log;
    }

    @Override
    public void publish(LogRecord record) {
        var logger = record.getLoggerName();
        boolean own = logger != null && logger.startsWith(OWN_LOGGERS);
        if (record.getLevel().intValue() < (own ? Level.INFO : Level.WARNING).intValue()) {
            return;
        }
        var entry = new LinkedHashMap<String, Object>();
        entry.put("t", TIME.format(LocalDateTime.ofInstant(record.getInstant(), ZoneId.systemDefault())));
        entry.put("m", record.getLevel() + " " + getFormatter().formatMessage(record) + "\n");
        synchronized (this) {
            entries.add(entry);
            if (entries.size() > MOST_ENTRIES) {
                entries.remove();
            }
        }
        // Who cannot be told in time reads the entries.
        untold.offer(entry);
    }

    private void tell() {
        try {
            while (true) {
                var news = new ArrayList<Map<String, Object>>();
                news.add(untold.take());
                untold.drainTo(news);
                listener.accept(news);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The entries, {@code {"t": local time, "m": line}}, the oldest first. */
    public synchronized List<Map<String, Object>> entries() {
        return List.copyOf(entries);
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(this);
        teller.interrupt();
    }
}
