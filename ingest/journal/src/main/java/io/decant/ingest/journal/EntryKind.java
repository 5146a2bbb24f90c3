package io.decant.ingest.journal;

/** What an entry of the journal is; the code stands on disk. */
enum EntryKind {
    CHECKPOINT(1, 1),
    BLOCKS(2, 1),
    CUT(3, 1),
    MARK(4, 1),
    FORGET(5, 1),
    SHAPE(6, 2),
    EXCLUSION(7, 2),
    PLAN(8, 2),
    DONE(9, 2);

    private final byte code;
    private final int sinceFormat;

    EntryKind(int code, int sinceFormat) {
        this.code = (byte) code;
        this.sinceFormat = sinceFormat;
    }

    byte code() {
        return code;
    }

    /** The lowest format in which there are such entries. */
    int sinceFormat() {
        return sinceFormat;
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
