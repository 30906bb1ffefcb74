package org.comfyee.cluster.ledger;

/** The ledger's maps, and others that are kept on disk. */
public final class MapNames {
    /** How prompts that have not ended stand; not kept on disk. */
    static final String OPEN = "comfyee.prompts";
    /** What became of prompts. */
    public static final String HISTORY = "comfyee.history";
    /** Which prompts have ended or were taken back. */
    public static final String FINISHED = "comfyee.finished";
    /** The prompts that have not ended, whole. */
    public static final String REQUESTS = "comfyee.requests";
    /** Whether operators hold the queue back. */
    public static final String QUEUE_CONTROLS = "comfyee.queue-controls";
    /** How often this member has begun prompts that have not ended. */
    public static final String ATTEMPTS = "comfyee.attempts";

    private MapNames() {}
}
