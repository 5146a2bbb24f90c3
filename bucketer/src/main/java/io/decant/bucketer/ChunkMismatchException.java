package io.decant.bucketer;

/** A chunk does not hold the records it was said to hold: its memory was changed, or its maker miscounted. */
public final class ChunkMismatchException extends RuntimeException {

    private final long tag;

    ChunkMismatchException(long tag, long announced, long found, boolean terminated) {
        super("chunk " + tag + " was announced with " + announced + " records and holds " + found + " newlines"
                + (terminated ? "" : ", and bytes after the last one"));
        this.tag = tag;
    }

    ChunkMismatchException(long tag, long announced, long found, int bytes) {
        super("chunk " + tag + " was announced with " + announced + " frames, and its " + bytes
                + " bytes are not as many: " + found + " whole ones come first");
        this.tag = tag;
    }

    /** The tag that the chunk was added with. */
    public long tag() {
        return tag;
    }
}
