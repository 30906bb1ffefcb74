package org.comfyee.cluster.ledger;

/** What a worker shall do with a prompt that the broker gave it. */
public enum Claim {
    /** Run it: it is this worker's now. */
    RUN,
    /** Forget it: it is finished or was taken back. */
    DROP,
    /** Give it back: another worker that is alive runs it. */
    BUSY_ELSEWHERE,
    /** It took down too many workers; it shall end as an error. */
    EXHAUSTED
}
