package org.comfyee.cluster.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;

/**
 * What nobody else shall read, from a file of {@code name=value} lines: a command line can be seen by all users of a machine.
 *
 * @param user who asks the broker, unless its URI says so
 * @param clusterKey what members of the data grid must share
 */
public record Credentials(String user, String password, String trustStorePassword, String keyStorePassword, String clusterKey) {
    private static final Set<String> NAMES = Set.of("user", "password", "trust-store-password", "key-store-password", "cluster-key");

    /** Of the file that the settings name, if they do; the environment may hold the cluster's key. */
    public static Credentials configured() {
        var file = Setting.CREDENTIALS_FILE.path();
        var given = file.isPresent() ? read(file.get()) : new Properties();
        return new Credentials(given.getProperty("user", ""), given.getProperty("password", ""), given.getProperty("trust-store-password", ""),
                given.getProperty("key-store-password", ""), Setting.CLUSTER_KEY.given().orElse(given.getProperty("cluster-key", "")));
    }

    private static Properties read(Path file) {
        Properties properties;
        try {
            properties = NamedValues.read(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("--" + Setting.CREDENTIALS_FILE.flag() + " is '" + file + "', which cannot be read: " + e.getMessage(), e);
        }
        properties.stringPropertyNames().stream().filter(name -> !NAMES.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("the credentials file " + file + " has a line for '" + name + "', expected one of " + NAMES.stream().sorted().toList());
        });
        return properties;
    }

    /** Tells nothing. */
    @Override
    public String toString() {
        return "Credentials";
    }
}
