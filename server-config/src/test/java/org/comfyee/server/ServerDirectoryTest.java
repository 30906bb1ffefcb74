package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerDirectoryTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.now().minus(Duration.ofHours(1)));

    @TempDir
    Path parent;

    @TempDir
    Path unpacked;

    private Path make() throws IOException {
        for (var part : new String[] {"config", "lib", "docroot"}) {
            Files.createDirectories(unpacked.resolve(part));
        }
        if (!Files.exists(unpacked.resolve("config/domain.xml"))) {
            Files.writeString(unpacked.resolve("config/domain.xml"), "<domain/>");
        }
        return ServerDirectory.make(parent, unpacked);
    }

    private Path abandoned(String name) throws IOException {
        var directory = Files.createDirectories(parent.resolve(name));
        Files.createDirectories(directory.resolve("applications"));
        Files.writeString(directory.resolve("applications/web.xml"), "");
        Files.writeString(directory.resolve("lock"), "");
        Files.setLastModifiedTime(directory, LONG_AGO);
        return directory;
    }

    @Test
    void holdsWritableCopiesOfWhatIsReadOnly() throws IOException {
        make();
        assertTrue(unpacked.resolve("config/domain.xml").toFile().setReadOnly());
        var copy = make().resolve("config/domain.xml");
        assertEquals("<domain/>", Files.readString(copy));
        Files.writeString(copy, "<other/>");
        assertEquals("<domain/>", Files.readString(unpacked.resolve("config/domain.xml")));
    }

    @Test
    void goesWithAllThatItsServerMadeThere() throws IOException {
        var directory = make();
        Files.createDirectories(directory.resolve("applications/web"));
        Files.writeString(directory.resolve("applications/web/page.html"), "");
        Files.createSymbolicLink(directory.resolve("link"), parent.resolve("other"));
        Files.writeString(parent.resolve("other"), "");
        ServerDirectory.remove(directory);
        assertFalse(Files.exists(directory));
        assertTrue(Files.exists(parent.resolve("other")));
    }

    @Test
    void directoryOfKilledServerIsRemovedByTheNextStart() throws IOException {
        var directory = abandoned("comfyee-server-1");
        make();
        assertFalse(Files.exists(directory));
    }

    @Test
    void directoryOfServerThatJustStartsStays() throws IOException {
        var directory = abandoned("comfyee-server-2");
        Files.setLastModifiedTime(directory, FileTime.from(Instant.now()));
        make();
        assertTrue(Files.exists(directory));
    }

    @Test
    void directoryOfLivingServerAndOtherFilesStay() throws IOException {
        var living = abandoned("comfyee-server-3");
        var other = abandoned("other-server-1");
        try (var channel = FileChannel.open(living.resolve("lock"), StandardOpenOption.WRITE); var _ = channel.lock()) {
            make();
        }
        assertTrue(Files.exists(living.resolve("applications/web.xml")));
        assertTrue(Files.exists(other.resolve("applications/web.xml")));
    }
}
