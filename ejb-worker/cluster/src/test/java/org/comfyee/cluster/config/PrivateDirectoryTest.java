package org.comfyee.cluster.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDirectoryTest {
    @TempDir
    private Path directory;

    private static String permissions(Path of) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(of));
    }

    @Test
    void nobodyElseLooksIntoIt() throws IOException {
        var made = PrivateDirectory.make(directory.resolve("user/ledger"));
        assertEquals("rwx------", permissions(made));
    }

    @Test
    void whatIsThereStaysAsItsOwnerWantsIt() throws IOException {
        var there = Files.createDirectory(directory.resolve("there"));
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxr-x---"));
        PrivateDirectory.make(there);
        assertEquals("rwxr-x---", permissions(there));
    }

    @Test
    void aFileInItsPlaceIsNamed() throws IOException {
        var file = Files.createFile(directory.resolve("file"));
        assertThrows(FileAlreadyExistsException.class, () -> PrivateDirectory.make(file));
    }
}
