package io.decant.bucketer;

/**
 * Finds the chunk of one record after the other. Where that is the chunk of the record before, it costs next to
 * nothing. Owned by one thread; not to be used once the chunks are closed or changed.
 */
public final class ChunkCursor {

    private final Chunks chunks;
    private int chunk;
    private long first;
    private long end;
    private long record;

    public ChunkCursor(Chunks chunks) {
        this.chunks = chunks;
    }

    /**
     * Turns to a record.
     *
     * @param arrival ordinal in the batch, in order of arrival
     * @return whether it is in another chunk than the one before
     * @throws IndexOutOfBoundsException if there is no such record
     */
    public boolean turnTo(long arrival) {
        record = arrival;
        if (record >= first && record < end) {
            return false;
        }
        chunk = chunks.chunkOf(record);
        first = chunks.firstRecord(chunk);
        end = chunks.firstRecord(chunk + 1);
        return true;
    }

    /** The record's chunk. */
    public int chunk() {
        return chunk;
    }

    /** The tag that the record's chunk was added with. */
    public long tag() {
        return chunks.tag(chunk);
    }

    /** Records of its chunk before the record. */
    public long offset() {
        return record - first;
    }
}
