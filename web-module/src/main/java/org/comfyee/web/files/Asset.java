package org.comfyee.web.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.DotFiles;
import org.comfyee.workflow.files.Folders;

/**
 * A file of input, output or the models under an id of its own. There is no index: assets are what lies in the directories.
 *
 * @param id follows from the place of the file, so that it stays the same
 * @param place the part of its path that is not the name: slashes between, empty if there is none
 * @param tags the directory, then the folders below it
 */
public record Asset(String id, String name, String place, List<String> tags, long size, Instant created, Instant modified, Instant accessed) {
    /** Tags that are there also while no file has them. */
    public static final List<String> ROOTS = List.of("models", "input", "output");

    /** All assets of a server. */
    public static List<Asset> all(Folders folders) throws IOException {
        var assets = new ArrayList<Asset>();
        for (var directory : List.of(Directory.INPUT, Directory.OUTPUT)) {
            var root = folders.directory(directory);
            if (!Files.isDirectory(root)) {
                continue;
            }
            for (var file : FileTree.below(root, Integer.MAX_VALUE, FileVisitOption.FOLLOW_LINKS)) {
                if (!DotFiles.isHidden(root.relativize(file)) && Files.isRegularFile(file)) {
                    add(assets, file, root.relativize(file), List.of(directory.typeName()));
                }
            }
        }
        for (var folder : folders.modelFolders()) {
            if (!folder.equals("custom_nodes") && !folder.equals("configs")) {
                for (var file : folders.modelFiles(folder)) {
                    add(assets, file.path(), Path.of(file.name()), List.of("models", folder));
                }
            }
        }
        return assets;
    }

    private static void add(List<Asset> assets, Path file, Path relative, List<String> first) throws IOException {
        try {
            assets.add(of(file, relative, first));
        } catch (NoSuchFileException e) {
            // Deleted since it was found.
        }
    }

    private static Asset of(Path file, Path relative, List<String> first) throws IOException {
        var tags = new ArrayList<>(first);
        for (int i = 0; i < relative.getNameCount() - 1; i++) {
            tags.add(relative.getName(i).toString());
        }
        var id = UUID.nameUUIDFromBytes((String.join("/", first) + "/" + relative).getBytes(StandardCharsets.UTF_8)).toString();
        var place = relative.getParent() == null ? "" : relative.getParent().toString().replace('\\', '/');
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Asset(id, relative.getFileName().toString(), place, tags.stream().distinct().toList(), attributes.size(),
                attributes.creationTime().toInstant(), attributes.lastModifiedTime().toInstant(), attributes.lastAccessTime().toInstant());
    }
}
