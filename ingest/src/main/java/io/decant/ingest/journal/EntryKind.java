package io.decant.ingest.journal;

/** What an entry of the journal is; the code stands on disk. */
enum EntryKind {
    CHECKPOINT(1),
    BLOCKS(2),
    CUT(3),
    MARK(4),
    FORGET(5);

    private final byte code;

    EntryKind(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    /** The kind with this code, or null. */
    static EntryKind of(byte code) {
        for (EntryKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        return null;
    }
}
