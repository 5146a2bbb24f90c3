package io.decant.ingest.pipeline;

/** Why sources wait. */
public enum Pressure {
    /** They do not. */
    NONE(""),
    BACKLOG("undelivered data has reached journal.max-backlog"),
    FREE_SPACE("free disk space is below journal.min-free"),
    NO_SEGMENT("the disk takes no further journal segment"),
    DEAD_LETTERS("dead letters have reached dlq.max-size; see 'decant dlq list', replay or remove some");

    private final String reason;

    Pressure(String reason) {
        this.reason = reason;
    }

    /** In words, for people; empty for {@link #NONE}. */
    public String reason() {
        return reason;
    }
}
