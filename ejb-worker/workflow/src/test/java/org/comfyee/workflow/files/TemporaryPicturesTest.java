package org.comfyee.workflow.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TemporaryPicturesTest {
    @TempDir
    private Path base;

    private Path picture;

    @BeforeEach
    void leaveAPicture() throws IOException {
        picture = Files.createFile(Files.createDirectories(base.resolve("temp")).resolve("preview_00001_.png"));
    }

    @Test
    void whoComesFirstFindsNoneAndWhoGoesLastLeavesNone() throws IOException {
        try (var _ = TemporaryPictures.open(Folders.of(base))) {
            assertFalse(Files.exists(picture));
            Files.createFile(picture);
        }
        assertFalse(Files.exists(picture.getParent()));
    }

    @Test
    void anotherApplicationOfTheProcessRemovesNone() throws IOException {
        try (var _ = TemporaryPictures.open(Folders.of(base))) {
            Files.createFile(picture);
            TemporaryPictures.open(Folders.of(base)).close();
            assertTrue(Files.exists(picture));
        }
    }

    @Test
    @Timeout(60)
    void theyStayWhileAnotherProcessShowsThem() throws Exception {
        var other = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), TemporaryPicturesTest.class.getName(), base.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var said = new BufferedReader(new InputStreamReader(other.getInputStream()))) {
            assertEquals("open", said.readLine());
            assertFalse(Files.exists(picture));
            Files.createFile(picture);
            TemporaryPictures.open(Folders.of(base)).close();
            assertTrue(Files.exists(picture));
            other.getOutputStream().close();
            assertEquals(0, other.waitFor());
            assertFalse(Files.exists(picture.getParent()));
        } finally {
            other.destroyForcibly();
        }
    }

    /** The other process: shows the pictures of a base directory until its input ends. */
    public static void main(String[] arguments) throws IOException {
        try (var _ = TemporaryPictures.open(Folders.of(Path.of(arguments[0])))) {
            System.out.println("open");
            System.in.read();
        }
    }
}
