package org.comfyee.workflow.node;

/**
 * A kind of value that travels between nodes, for example {@code LATENT}.
 *
 * @param name as clients see it
 */
public record DataType<T>(String name, Class<T> javaType) {
    public static final DataType<String> STRING = new DataType<>("STRING", String.class);
    public static final DataType<Double> FLOAT = new DataType<>("FLOAT", Double.class);
    public static final DataType<Long> INT = new DataType<>("INT", Long.class);
    public static final DataType<Boolean> BOOLEAN = new DataType<>("BOOLEAN", Boolean.class);
    /** Matches every type. */
    public static final DataType<Object> ANY = new DataType<>("*", Object.class);
}
