package org.comfyee.torch;

import java.util.Set;

/** A file of named tensors, which stay in it until they are used. */
public interface TensorFile {
    /** All tensors, in the file's order. */
    Set<String> names();

    /** @throws java.util.NoSuchElementException if there is no such tensor */
    long[] shape(String name);

    /** @throws java.util.NoSuchElementException if there is no such tensor */
    ScalarType dtype(String name);

    /** A tensor as it is stored; it joins the current scope. */
    Tensor tensor(String name);

    /** Gives the memory behind a tensor back to the system, if it belongs to the file. */
    void unload(String name);
}
