package org.comfyee.cluster.grid;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Changes of maps in a file, in their order. To make a change safe costs an appended record here, whereas a store writes all
 * its pages anew of which something changed.
 *
 * <p>A record is its body's length and CRC-32C, four bytes each, and the body: map, key and value, each as its length in four
 * bytes and its text in UTF-8; the length of a removed entry's value is -1. Numbers are big-endian.
 */
final class ChangeLog implements AutoCloseable {
    private static final int HEADER = 2 * Integer.BYTES;
    private static final int REMOVED = -1;

    /** Not a channel, which closes for all when a thread that uses it is interrupted. */
    private final RandomAccessFile file;
    private long size;

    /** @param value empty if the entry was removed */
    record Change(String map, String key, Optional<String> value) {}

    private ChangeLog(RandomAccessFile file) {
        this.file = file;
    }

    /**
     * Opens or makes a file.
     *
     * @param replay is given all its changes up to the first that was not written wholly
     */
    static ChangeLog open(Path path, Consumer<Change> replay) throws IOException {
        var log = new ChangeLog(new RandomAccessFile(path.toFile(), "rw"));
        try {
            log.replay(replay);
            return log;
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private void replay(Consumer<Change> replay) throws IOException {
        long left = file.length();
        // Not closed, as that would close the file.
        var input = new DataInputStream(new BufferedInputStream(new FileInputStream(file.getFD())));
        while (left >= HEADER) {
            int length = input.readInt();
            int checksum = input.readInt();
            left -= HEADER;
            if (length < 0 || length > left) {
                break;
            }
            var body = input.readNBytes(length);
            if (checksum(body, 0) != checksum) {
                break;
            }
            left -= length;
            size += HEADER + length;
            replay.accept(parse(ByteBuffer.wrap(body)));
        }
        cutOff();
    }

    private static Change parse(ByteBuffer body) {
        return new Change(text(body).orElseThrow(), text(body).orElseThrow(), text(body));
    }

    private static Optional<String> text(ByteBuffer body) {
        int length = body.getInt();
        if (length == REMOVED) {
            return Optional.empty();
        }
        var bytes = new byte[length];
        body.get(bytes);
        return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Gives a change to the operating system: it outlives the process, not the machine. */
    synchronized void append(Change change) {
        var record = record(change);
        try {
            file.write(record);
            size += record.length;
        } catch (IOException e) {
            try {
                cutOff();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw new UncheckedIOException(e);
        }
    }

    /** Removes what is behind the last whole record: nothing after that would be read again. */
    private void cutOff() throws IOException {
        if (file.length() > size) {
            file.setLength(size);
        }
        file.seek(size);
    }

    private static byte[] record(Change change) {
        var map = change.map().getBytes(StandardCharsets.UTF_8);
        var key = change.key().getBytes(StandardCharsets.UTF_8);
        var value = change.value().map(text -> text.getBytes(StandardCharsets.UTF_8));
        int length = 3 * Integer.BYTES + map.length + key.length + value.map(bytes -> bytes.length).orElse(0);
        var record = ByteBuffer.allocate(HEADER + length).position(HEADER);
        record.putInt(map.length).put(map).putInt(key.length).put(key).putInt(value.map(bytes -> bytes.length).orElse(REMOVED));
        value.ifPresent(record::put);
        return record.putInt(0, length).putInt(Integer.BYTES, checksum(record.array(), HEADER)).array();
    }

    private static int checksum(byte[] bytes, int from) {
        var checksum = new CRC32C();
        checksum.update(bytes, from, bytes.length - from);
        return (int) checksum.getValue();
    }

    /** Waits until all that was appended is on disk. */
    void force() {
        try {
            file.getFD().sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes in the file. */
    synchronized long size() {
        return size;
    }

    /** Empties the file; all its changes are safe elsewhere. */
    synchronized void clear() {
        try {
            size = 0;
            cutOff();
            force();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
