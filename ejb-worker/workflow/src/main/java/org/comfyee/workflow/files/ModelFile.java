package org.comfyee.workflow.files;

import java.nio.file.Path;

/**
 * A file of weights.
 *
 * @param name relative to its directory, with {@code /} between
 * @param pathIndex which of the folder's directories it lies in, from 0
 */
public record ModelFile(String name, int pathIndex, Path path) {}
