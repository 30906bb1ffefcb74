package org.comfyee.cluster.ledger;

/** The maps of ledger and history that are kept on disk. */
public final class MapNames {
    /** What became of prompts. */
    public static final String HISTORY = "comfyee.history";
    /** Which prompts have ended or were taken back. */
    public static final String FINISHED = "comfyee.finished";
    /** How often this member has begun prompts that have not ended. */
    public static final String ATTEMPTS = "comfyee.attempts";

    private MapNames() {}
}
