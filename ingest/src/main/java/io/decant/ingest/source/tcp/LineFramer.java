package io.decant.ingest.source.tcp;

import io.decant.bucketer.Lines;
import io.decant.ingest.source.UnfinishedLine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;

/**
 * Cuts what a connection reads into runs of complete lines. A run is the read itself, up to its last newline; only what
 * stands after that is copied, and carried to the next read. Nothing is done per record but the counting of newlines,
 * eight bytes at a time.
 *
 * <p>A carried line is kept in one buffer that doubles, so a line over many reads costs time linear in its length. Its
 * bytes are reserved as an {@link UnfinishedLine} until its newline comes.
 *
 * <p>Lengths are checked without a look at every record: a line that starts at s and is not too long ends in a newline
 * within {@code maxRecord} bytes. From the <em>last</em> newline in that window the next line starts. A read that is
 * not longer than {@code maxRecord} takes one such step at most.
 *
 * <p>Where there is no memory for an unfinished line, the allocator's error comes through, and nothing stays reserved.
 *
 * <p>Belongs to one thread. After anything but {@link Result#TAKEN}, only {@link #drop()} may follow.
 */
public final class LineFramer {

    /** A payload is at most this long, or else is one record alone. A single read may not be longer. */
    static final int BLOCK_BYTES_MAX = 1 << 20;

    private static final int CARRY_BYTES_MIN = 256;

    /** What became of a read. */
    public enum Result {
        /** All of it was passed on or is carried. */
        TAKEN,
        /** A record is longer than allowed; those before it were passed on, it and what follows are dropped. */
        RECORD_TOO_LONG,
        /** There is no room for the unfinished rest; the records before it were passed on, it is dropped. */
        BUDGET_EXCEEDED
    }

    /** Takes runs of complete records, each with its newline, in order. */
    @FunctionalInterface
    public interface Output {
        /** Takes the next run; the payload goes over to the receiver, who releases it. */
        void lines(ByteBuf payload, int records);
    }

    private final int maxRecord;
    private final int blockBytesMax;
    private final UnfinishedLine unfinished;
    private final ByteBufAllocator allocator;

    /** The beginning of a line, never empty, or null. */
    private ByteBuf carry;

    /** @param maxRecord longest record in bytes, its newline not counted, at least 1 */
    public LineFramer(int maxRecord, UnfinishedLine unfinished, ByteBufAllocator allocator) {
        this(maxRecord, BLOCK_BYTES_MAX, unfinished, allocator);
    }

    LineFramer(int maxRecord, int blockBytesMax, UnfinishedLine unfinished, ByteBufAllocator allocator) {
        if (maxRecord < 1 || maxRecord == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no records of up to " + maxRecord + " bytes");
        }
        this.maxRecord = maxRecord;
        this.blockBytesMax = blockBytesMax;
        this.unfinished = unfinished;
        this.allocator = allocator;
    }

    /** Bytes of the unfinished line. */
    int carried() {
        return carry == null ? 0 : carry.readableBytes();
    }

    /**
     * Takes a read.
     *
     * @param read direct memory; goes over to this framer, whatever the result
     */
    public Result take(ByteBuf read, Output output) {
        int length = read.readableBytes();
        assert length <= blockBytesMax : length;
        long start = read.memoryAddress() + read.readerIndex();
        int complete = offset(start, Lines.lastNewline(start, length));
        int within = withinLimit(start, complete);
        int rest = length - complete;
        ByteBuf head = null;
        Result result = null;
        try {
            if (complete == 0) {
                result = (long) carried() + rest > maxRecord ? Result.RECORD_TOO_LONG : carry(read, 0, rest);
            } else {
                head = unreserve();
                result = within < complete || rest > maxRecord ? Result.RECORD_TOO_LONG : carry(read, complete, rest);
            }
        } finally {
            if (result == null) {
                // There is no memory for it: nothing of this is kept.
                ReferenceCountUtil.release(head);
                read.release();
                drop();
            }
        }
        if (result != Result.TAKEN) {
            drop();
        }
        passOn(head, read, within, output);
        return result;
    }

    /**
     * The end of input is the end of the last line: what is carried becomes a record. Nothing carried is no record.
     */
    void finish(Output output) {
        if (carry != null) {
            // While it is carried: where there is no memory for one byte more, it is dropped with the rest.
            grow(carry, 1);
            output.lines(unreserve().writeByte('\n'), 1);
        }
    }

    /** Forgets the unfinished line. */
    public void drop() {
        if (carry != null) {
            unreserve().release();
        } else {
            unfinished.release();
        }
    }

    /** How many of the first {@code complete} bytes are lines within the limit, up to the first that is not. */
    private int withinLimit(long start, int complete) {
        int lineStart = 0;
        int allowed = maxRecord - carried();
        while (complete - lineStart - 1 > allowed) {
            int next = offset(start, Lines.lastNewline(start + lineStart, allowed + 1L));
            if (next == 0) {
                return lineStart;
            }
            lineStart = next;
            allowed = maxRecord;
        }
        return complete;
    }

    /** Where the line after this newline begins; 0 where there is no newline. */
    private static int offset(long start, long newline) {
        return newline == Lines.NONE ? 0 : (int) (newline + 1 - start);
    }

    private Result carry(ByteBuf read, int from, int length) {
        if (length == 0) {
            return Result.TAKEN;
        }
        if (!unfinished.reserve(length)) {
            return Result.BUDGET_EXCEEDED;
        }
        boolean kept = false;
        try {
            if (carry == null) {
                carry = allocator.directBuffer(Math.max(CARRY_BYTES_MIN, length));
            }
            grow(carry, length);
            carry.writeBytes(read, read.readerIndex() + from, length);
            kept = true;
        } finally {
            if (!kept) {
                unfinished.release();
            }
        }
        return Result.TAKEN;
    }

    /** Netty's own growth is by steps of 4 MiB once a buffer is large, which makes a long line cost its square. */
    private void grow(ByteBuf line, int more) {
        int needed = line.readableBytes() + more;
        if (needed > line.capacity()) {
            line.capacity((int) Math.max(needed, Math.min(2L * line.capacity(), maxRecord + 1L)));
        }
    }

    private ByteBuf unreserve() {
        ByteBuf line = carry;
        if (line != null) {
            unfinished.release();
            carry = null;
        }
        return line;
    }

    /** Passes on the carried head of the first line, if any, and the first {@code length} bytes of the read. */
    private void passOn(ByteBuf head, ByteBuf read, int length, Output output) {
        if (length == 0) {
            read.release();
            if (head != null) {
                head.release();
            }
            return;
        }
        read.writerIndex(read.readerIndex() + length);
        long start = read.memoryAddress() + read.readerIndex();
        int records = (int) Lines.count(start, length);
        if (head == null) {
            output.lines(read, records);
        } else if (records == 1 || head.readableBytes() + length <= blockBytesMax) {
            output.lines(join(head, read), records);
        } else {
            int first = offset(start, Lines.nextNewline(start, start + length));
            output.lines(join(head, read.readRetainedSlice(first)), 1);
            output.lines(read, records - 1);
        }
    }

    private ByteBuf join(ByteBuf head, ByteBuf tail) {
        return allocator.compositeDirectBuffer(2).addComponents(true, head, tail);
    }
}
