package org.comfyee.web.user;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.comfyee.web.files.SafeWrite;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;

/**
 * Who uses this server: one user without a name, or those of {@code users.json} when users are kept apart. That keeps
 * their things tidy and nothing secret, since nobody proves who they are.
 */
public final class Users {
    private static final String DEFAULT = "default";
    private static final String SETTINGS = "comfy.settings.json";
    /** Users whose ids begin so belong to the server. */
    private static final String SYSTEM = "__";

    private final Path directory;
    private final boolean several;

    public Users(Path directory, boolean several) {
        this.directory = directory;
        this.several = several;
    }

    public boolean areSeveral() {
        return several;
    }

    private Path file() {
        return directory.resolve("users.json");
    }

    /** Names by id. */
    public Map<String, Object> all() throws IOException {
        var users = new LinkedHashMap<String, Object>();
        if (!several) {
            users.put(DEFAULT, DEFAULT);
        }
        users.putAll(objectOf(file()));
        return users;
    }

    private static Map<String, Object> objectOf(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return new LinkedHashMap<>();
        }
        try {
            return Json.parseObject(Files.readString(file));
        } catch (JsonException | CharacterCodingException e) {
            // Clients start over with nothing rather than not at all.
            return new LinkedHashMap<>();
        }
    }

    /**
     * Adds a user.
     *
     * @param name as shown to people
     * @return the new user's id; empty if there is one of that name
     * @throws IllegalArgumentException if the name is blank or reserved
     */
    public synchronized Optional<String> add(String name) throws IOException {
        if (name.isBlank() || name.startsWith(SYSTEM)) {
            throw new IllegalArgumentException("the user name '" + name + "' is blank or begins with " + SYSTEM + ", expected a name");
        }
        var users = all();
        if (users.containsValue(name)) {
            return Optional.empty();
        }
        var id = name.strip().replaceAll("[^a-zA-Z0-9-_]+", "-") + "_" + UUID.randomUUID();
        users.put(id, name);
        SafeWrite.write(file(), Json.write(users));
        return Optional.of(id);
    }

    /**
     * The directory of the user that a request names.
     *
     * @param header {@code comfy-user}, null if the request has none
     */
    public Path directory(String header) throws IOException, UnknownUserException {
        if (!several) {
            return directory.resolve(DEFAULT);
        }
        var id = header == null ? DEFAULT : header;
        if (id.startsWith(SYSTEM) || !all().containsKey(id)) {
            throw new UnknownUserException(id);
        }
        return directory.resolve(id);
    }

    /** Whether the user that is always there has a directory. */
    public boolean hasDefault() {
        return Files.isDirectory(directory.resolve(DEFAULT));
    }

    /** Settings by name. Whoever asks for them has a directory from then on, by which pages see that a user has been here. */
    public Map<String, Object> settings(String header) throws IOException, UnknownUserException {
        return objectOf(Files.createDirectories(directory(header)).resolve(SETTINGS));
    }

    /** Puts these settings in place of those of the same names. */
    public synchronized void change(String header, Map<String, Object> changes) throws IOException, UnknownUserException {
        var settings = settings(header);
        settings.putAll(changes);
        SafeWrite.write(directory(header).resolve(SETTINGS), Json.writeIndented(settings));
    }
}
