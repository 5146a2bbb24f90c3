package io.decant.ingest.journal;

import io.netty.buffer.ByteBuf;
import java.util.Objects;

/**
 * The unit that moves: a run of complete records of one stream. The payload holds each record followed by one newline,
 * the last one included, and is never empty.
 *
 * <p>A block belongs to one thread at a time: the source that made it, then (once the {@link Intake} took it) the
 * journal's writer, which releases the payload as soon as it is written, then the syncer, which hands it back to its
 * {@link BlockOwner}. After the hand-over only the header may be read.
 */
public final class Block {

    private final StreamId stream;
    private final long first;
    private final int records;
    private final long arrivalMillis;
    private final BlockOwner owner;
    private final int bytes;
    private ByteBuf payload;

    /**
     * @param first ordinal in the stream of the first record, from 0
     * @param records how many records, at least 1; equals the newlines in the payload
     * @param arrivalMillis when the last byte of it arrived, milliseconds since the epoch
     * @param payload the records; the block takes over the caller's reference
     */
    public Block(StreamId stream, long first, int records, long arrivalMillis, ByteBuf payload, BlockOwner owner) {
        if (first < 0 || records < 1 || payload.readableBytes() < records) {
            throw new IllegalArgumentException("no block of " + stream + ": first " + first + ", records " + records
                    + ", bytes " + payload.readableBytes());
        }
        this.stream = Objects.requireNonNull(stream, "stream");
        this.first = first;
        this.records = records;
        this.arrivalMillis = arrivalMillis;
        this.payload = payload;
        this.bytes = payload.readableBytes();
        this.owner = Objects.requireNonNull(owner, "owner");
    }

    public StreamId stream() {
        return stream;
    }

    public long first() {
        return first;
    }

    /** Ordinal of the record after this block's last. */
    public long next() {
        return first + records;
    }

    public int records() {
        return records;
    }

    public long arrivalMillis() {
        return arrivalMillis;
    }

    /** Length of the payload, newlines included; known also after {@link #release()}. */
    public int bytes() {
        return bytes;
    }

    public BlockOwner owner() {
        return owner;
    }

    /** The records; may be a composite of a few pieces. Not after {@link #release()}. */
    public ByteBuf payload() {
        if (payload == null) {
            throw new IllegalStateException("the payload of a block of " + stream + " is gone already");
        }
        return payload;
    }

    /** Gives the payload's memory back; the header stays. */
    public void release() {
        payload().release();
        payload = null;
    }

    /**
     * Cuts this block in two after its first {@code count} records, where a batch ends in the middle of it. This block's
     * payload goes over to the two, and both are handed back to the owner.
     *
     * @param count at least 1, less than {@link #records()}
     */
    public Block[] splitAfter(int count) {
        if (count < 1 || count >= records) {
            throw new IllegalArgumentException("cannot cut a block of " + records + " records after " + count);
        }
        ByteBuf whole = payload();
        int[] left = {count};
        int last = whole.forEachByte(b -> b != '\n' || --left[0] > 0);
        ByteBuf head = whole.readRetainedSlice(last + 1 - whole.readerIndex());
        payload = null;
        return new Block[] {
            new Block(stream, first, count, arrivalMillis, head, owner),
            new Block(stream, first + count, records - count, arrivalMillis, whole, owner)
        };
    }

    @Override
    public String toString() {
        return stream.source() + "/" + stream.name() + "[" + first + ".." + next() + ")";
    }
}
