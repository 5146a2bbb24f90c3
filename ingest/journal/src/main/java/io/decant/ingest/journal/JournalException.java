package io.decant.ingest.journal;

import java.io.IOException;

/** What can go wrong with the journal. Every message is one line that says what, where, and the way out. */
public final class JournalException extends RuntimeException {

    /** What a program does about it. */
    public enum Kind {
        /** Another server holds the data directory. */
        LOCKED,
        /** Directory or file cannot be reached: permission, missing mount, read-only. */
        UNREACHABLE,
        /** The process has no file descriptor left to read with; it is tried again. */
        OUT_OF_DESCRIPTORS,
        /** Damage before data that was acknowledged: needs a person. */
        DAMAGED,
        /** The journal was written by a newer version, or is another server's. */
        FOREIGN,
        /** The settings no longer fit what is in the journal. */
        SETTINGS,
        /** Writing or syncing failed; the journal takes nothing more. */
        FAILED
    }

    private final Kind kind;

    public JournalException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public JournalException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What is synced cannot be read at a position. */
    static JournalException cannotRead(long position, IOException e) {
        return FileOpening.isOutOfDescriptors(e)
                ? new JournalException(
                        Kind.OUT_OF_DESCRIPTORS,
                        "journal: no file descriptor is available to read at " + position
                                + "; retrying; raise the limit of open files (ulimit -n), or lower max-connections",
                        e)
                : new JournalException(
                        Kind.UNREACHABLE, "journal: cannot read at " + position + ": " + e.getMessage(), e);
    }

    public Kind kind() {
        return kind;
    }
}
