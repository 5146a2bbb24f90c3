package io.decant.bucketer;

import java.util.Arrays;

/**
 * A batch without some of its records: chunks that go around those, and where each of those lies. A chunk that loses a
 * record inside becomes two, with the same tag. Copies no record. Owned by one thread; what {@link #chunks} gives
 * belongs to the caller.
 */
public final class Remainder {

    private final Chunks from;
    private final long[] leftOut;
    private final long[] refs;
    private final long[] tags;
    private final Chunks chunks = new Chunks();
    /** For each of the new chunks, how many records of its old one stand before it. */
    private int[] before = new int[8];

    private int next;

    private Remainder(Chunks from, long[] leftOut) {
        this.from = from;
        this.leftOut = leftOut;
        this.refs = new long[leftOut.length];
        this.tags = new long[leftOut.length];
    }

    /**
     * Leaves records out.
     *
     * @param from read during this call only; the memory it describes must stay
     * @param leftOut ordinals of records of the batch, each once, ascending
     * @throws IndexOutOfBoundsException if there is no such record
     * @throws ChunkMismatchException when a chunk does not hold what was announced
     */
    public static Remainder of(Chunks from, long[] leftOut) {
        if (leftOut.length > 0) {
            from.chunkOf(leftOut[leftOut.length - 1]);
        }
        Remainder remainder = new Remainder(from, leftOut.clone());
        remainder.chunks.frameLike(from);
        try {
            for (int chunk = 0; chunk < from.size(); chunk++) {
                remainder.take(chunk);
            }
            return remainder;
        } catch (Throwable e) {
            remainder.chunks.close();
            throw e;
        }
    }

    private void take(int chunk) {
        long start = from.address(chunk);
        long limit = start + from.length(chunk);
        int first = from.firstRecord(chunk);
        int end = from.firstRecord(chunk + 1);
        int record = first;
        while (next < leftOut.length && leftOut[next] < end) {
            int gap = (int) leftOut[next] - record;
            long at = behind(chunk, start, limit, gap);
            long behind = behind(chunk, at, limit, 1);
            add(chunk, start, at, gap, record - first);
            refs[next] = from.isFramed(chunk) ? RecordRef.ofFrame(at) : RecordRef.of(at, behind - 1 - at);
            tags[next] = from.tag(chunk);
            next++;
            record += gap + 1;
            start = behind;
        }
        add(chunk, start, limit, end - record, record - first);
    }

    /** Behind so many records. */
    private long behind(int chunk, long start, long limit, int records) {
        if (records == 0) {
            return start;
        }
        if (!from.isFramed(chunk)) {
            long newline = Lines.nthNewline(start, limit - start, records);
            if (newline == Lines.NONE) {
                throw mismatch(chunk);
            }
            return newline + 1;
        }
        long at = start;
        for (int i = 0; i < records; i++) {
            long length = Frame.lengthWithin(at, limit);
            if (length < 0) {
                throw mismatch(chunk);
            }
            at += length;
        }
        return at;
    }

    private ChunkMismatchException mismatch(int chunk) {
        long address = from.address(chunk);
        int length = from.length(chunk);
        int announced = from.records(chunk);
        return from.isFramed(chunk)
                ? new ChunkMismatchException(from.tag(chunk), announced, Frame.count(address, length), length)
                : new ChunkMismatchException(
                        from.tag(chunk),
                        announced,
                        Lines.count(address, length),
                        Memory.getByte(address + length - 1) == '\n');
    }

    private void add(int chunk, long start, long end, int records, int recordsBefore) {
        if (records == 0) {
            return;
        }
        if (chunks.size() == before.length) {
            before = Arrays.copyOf(before, 2 * before.length);
        }
        before[chunks.size()] = recordsBefore;
        chunks.add(start, (int) (end - start), records, from.tag(chunk), from.isFramed(chunk), from.transform(chunk));
    }

    /** What is left, to be closed by the caller. */
    public Chunks chunks() {
        return chunks;
    }

    /** How many records of the chunk that this one is from stand before it, those that are left out included. */
    public int recordsBefore(int chunk) {
        return before[chunk];
    }

    /** Where the line of a record that is left out begins, or the value in its frame; they are numbered from 0. */
    public long address(int number) {
        return RecordRef.valueAddress(refs[number]);
    }

    /** Bytes of that line without its newline, or of the value in the frame; 0 of a tombstone. */
    public int length(int number) {
        return RecordRef.length(refs[number]);
    }

    /** The tag of the chunk that a record is left out of. */
    public long tag(int number) {
        return tags[number];
    }

    /** The {@link Frame} of that record; 0 for a line. */
    public long frame(int number) {
        return RecordRef.isFrame(refs[number]) ? RecordRef.address(refs[number]) : 0;
    }
}
