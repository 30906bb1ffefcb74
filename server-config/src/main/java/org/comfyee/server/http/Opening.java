package org.comfyee.server.http;

/** Whether the applications are there: the server answers before, in words of its own. */
public final class Opening {
    private static volatile boolean open;

    private Opening() {}

    public static void open() {
        open = true;
    }

    static boolean isOpen() {
        return open;
    }
}
