package io.decant.ingest.journal;

import io.decant.bucketer.Frame;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.UUID;

/**
 * The unit that moves: a run of complete records of one stream. The payload holds each record followed by one newline,
 * the last one included; or, in a framed block, each as a {@link Frame}. It is never empty.
 *
 * <p>A block belongs to one thread at a time: the source that made it, then (once the {@link Intake} took it) the
 * journal's writer, which releases the payload as soon as it is written, then the syncer, which hands it back to its
 * {@link BlockOwner}. After the hand-over only the header may be read.
 */
public final class Block {

    /** Longest cursor, in bytes. */
    public static final int CURSOR_BYTES_MAX = 4 << 10;

    private final StreamId stream;
    private final long first;
    private final int records;
    private final long arrivalMillis;
    private final boolean framed;
    private final ResumePoint resume;
    private final OpaqueBytes cursor;
    private final BlockOwner owner;
    private final int bytes;
    private ByteBuf payload;

    /**
     * A block of lines.
     *
     * @param first ordinal in the stream of the first record, from 0
     * @param records how many records, at least 1; equals the newlines in the payload
     * @param arrivalMillis when the last byte of it arrived, milliseconds since the epoch
     * @param payload the records; the block takes over the caller's reference
     */
    public Block(StreamId stream, long first, int records, long arrivalMillis, ByteBuf payload, BlockOwner owner) {
        this(stream, first, records, arrivalMillis, payload, false, ResumePoint.NONE, OpaqueBytes.NONE, owner);
    }

    private Block(
            StreamId stream,
            long first,
            int records,
            long arrivalMillis,
            ByteBuf payload,
            boolean framed,
            ResumePoint resume,
            OpaqueBytes cursor,
            BlockOwner owner) {
        int recordBytesMin = framed ? Frame.HEADER_BYTES : 1;
        if (first < 0 || records < 1 || payload.readableBytes() < (long) records * recordBytesMin) {
            throw new IllegalArgumentException("invalid block of " + stream + ": first " + first + ", records "
                    + records + ", bytes " + payload.readableBytes());
        }
        this.stream = Objects.requireNonNull(stream, "stream");
        this.first = first;
        this.records = records;
        this.arrivalMillis = arrivalMillis;
        this.payload = payload;
        this.framed = framed;
        this.resume = Objects.requireNonNull(resume, "resume");
        this.cursor = cursor.atMost(CURSOR_BYTES_MAX, "the cursor of a block of " + stream);
        this.bytes = payload.readableBytes();
        this.owner = Objects.requireNonNull(owner, "owner");
    }

    /**
     * A block of frames.
     *
     * @param first ordinal in the stream of the first record, from 0: dense, whatever the records' offsets
     * @param records how many records, at least 1; equals the frames in the payload
     * @param arrivalMillis when it arrived, milliseconds since the epoch
     * @param payload the frames; the block takes over the caller's reference
     * @param resumeOffset the offset to resume at after this block, more than any in it; {@link ResumePoint#NO_OFFSET}
     *     where the stream's ordinals alone say where it continues
     * @param topicId what tells the stream from an earlier one of its name; {@link ResumePoint#NO_TOPIC} where nothing
     *     does
     */
    public static Block framed(
            StreamId stream,
            long first,
            int records,
            long arrivalMillis,
            ByteBuf payload,
            long resumeOffset,
            UUID topicId,
            BlockOwner owner) {
        return framed(stream, first, records, arrivalMillis, payload, new ResumePoint(resumeOffset, topicId), owner);
    }

    static Block framed(
            StreamId stream,
            long first,
            int records,
            long arrivalMillis,
            ByteBuf payload,
            ResumePoint resume,
            BlockOwner owner) {
        return new Block(stream, first, records, arrivalMillis, payload, true, resume, OpaqueBytes.NONE, owner);
    }

    /**
     * This block with a cursor: what its source wants to know of the stream after a restart, beside ordinals and resume
     * point. Such a block is never divided. It takes over this block's payload.
     *
     * @param bytes at most {@value #CURSOR_BYTES_MAX}
     */
    public Block withCursor(OpaqueBytes bytes) {
        Block block = new Block(stream, first, records, arrivalMillis, payload(), framed, resume, bytes, owner);
        payload = null;
        return block;
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

    /** Whether the records are frames, not lines. */
    public boolean isFramed() {
        return framed;
    }

    /** Where the stream continues after this block, beside its ordinals. */
    ResumePoint resume() {
        return resume;
    }

    /** The offset to resume at after this block; {@link ResumePoint#NO_OFFSET} where the stream's records have none. */
    public long resumeOffset() {
        return resume.offset();
    }

    /** What tells the stream from an earlier one of its name; {@link ResumePoint#NO_TOPIC} where nothing does. */
    public UUID topicId() {
        return resume.topicId();
    }

    /** What the stream's source wants to know after this block; none in most. */
    public OpaqueBytes cursor() {
        return cursor;
    }

    /** Whether it may be cut in two where a batch ends. */
    public boolean isDivisible() {
        return cursor.isEmpty();
    }

    /** Bytes that count against the limits of an entry: payload and cursor. */
    public int entryBytes() {
        return bytes + cursor.length();
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
            throw new IllegalStateException("the payload of a block of " + stream + " is already released");
        }
        return payload;
    }

    /** Gives the payload's memory back; the header stays. */
    public void release() {
        payload().release();
        payload = null;
    }

    /**
     * Cuts this block in two after its first {@code count} records, where a batch ends in the middle of it. This
     * block's payload goes over to the two, and both are handed back to the owner.
     *
     * @param count at least 1, less than {@link #records()}
     */
    public Block[] splitAfter(int count) {
        if (count < 1 || count >= records || !isDivisible()) {
            throw new IllegalArgumentException("cannot cut a block of " + records + " records after " + count
                    + ", with a cursor of " + cursor.length() + " bytes");
        }
        ByteBuf whole = payload();
        int last = framed ? lastFrame(count) : -1;
        int end = framed ? last + whole.getIntLE(last) : endOfLines(count);
        ResumePoint between = framed ? resume.after(whole.getLongLE(last + Integer.BYTES)) : resume;
        ByteBuf head = whole.readRetainedSlice(end - whole.readerIndex());
        payload = null;
        return new Block[] {
            new Block(stream, first, count, arrivalMillis, head, framed, between, cursor, owner),
            new Block(stream, first + count, records - count, arrivalMillis, whole, framed, resume, cursor, owner)
        };
    }

    private int endOfLines(int count) {
        int[] left = {count};
        return payload.forEachByte(b -> b != '\n' || --left[0] > 0) + 1;
    }

    /** Index in the payload of the {@code count}-th frame. */
    private int lastFrame(int count) {
        int frame = payload.readerIndex();
        for (int i = 1; i < count; i++) {
            frame += payload.getIntLE(frame);
        }
        return frame;
    }

    @Override
    public String toString() {
        return stream.source() + "/" + stream.name() + "[" + first + ".." + next() + ")";
    }

    /** The owner of a block: it has handed the block in and acknowledges it. */
    public interface BlockOwner {

        /**
         * The block is synced: on stable storage, and never lost from here on. Called once for each block (a block that
         * was cut in two at a batch's end comes back as its two parts), in the order in which the stream handed its
         * blocks in, on the syncer's thread: pass it on, do not work here.
         */
        void synced(Block block);
    }
}
