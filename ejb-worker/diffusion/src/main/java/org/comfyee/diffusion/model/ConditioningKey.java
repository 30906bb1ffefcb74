package org.comfyee.diffusion.model;

/**
 * A thing that a conditioning may say beside its text. Keys are compared by identity.
 *
 * @param <T> of what type it is
 */
public final class ConditioningKey<T> {
    private final String name;

    /** @param name for messages; ComfyUI's word for it */
    public ConditioningKey(String name) {
        this.name = name;
    }

    @Override
    public String toString() {
        return name;
    }
}
