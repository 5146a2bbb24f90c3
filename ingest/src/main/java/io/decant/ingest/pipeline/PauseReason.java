package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.DeadLetters;

/** Why sources wait. */
public enum PauseReason {
    /** They do not. */
    NONE("", false),
    BACKLOG("undelivered data has reached journal.max-backlog", false),
    FREE_SPACE("free disk space is below journal.min-free", true),
    NO_SEGMENT("no further journal segment can be created on the disk", true),
    DEAD_LETTERS(DeadLetters.FULL_REASON, false);

    private final String reason;
    private final boolean holdsReplays;

    PauseReason(String reason, boolean holdsReplays) {
        this.reason = reason;
        this.holdsReplays = holdsReplays;
    }

    /**
     * Whether dead letters that go out again wait as well. Only the disk holds them back: a full backlog may be full
     * because dead letters are, and then the replay is the way out.
     */
    boolean holdsReplays() {
        return holdsReplays;
    }

    /** In words, for people; empty for {@link #NONE}. */
    public String reason() {
        return reason;
    }
}
