package io.decant.bucketer;

import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * The pieces of memory that make up a batch, in order of arrival.
 *
 * <p>A chunk is a run of complete records: lines, each followed by one newline, or {@link Frame}s. Chunks are described
 * here, not copied: the memory must stay as it is until the last {@link Assignment} made of it is closed. Costs 24
 * bytes a chunk off the heap, whether it holds one record or a million.
 *
 * <p>Not thread-safe: filled by one thread, and not changed while a {@link BucketAssigner} or another thread reads it.
 * Every method but {@link #close()} and the counts throws {@link IllegalStateException} once closed, and
 * {@link IndexOutOfBoundsException} for a chunk or record that does not exist.
 */
public final class Chunks implements AutoCloseable {

    /** The most records a batch can have. */
    public static final int RECORDS_MAX = Integer.MAX_VALUE - 1;

    // An entry is the address, the tag, and length and ordinal of the first record in one long. Ordinals, not counts:
    // the chunk that holds a given record is then found by bisection, and ten million chunks are divided in no time.
    private static final int ENTRY_LONGS = 3;
    /** Above a length, which is never negative. */
    private static final long FRAMED = 1L << 63;
    /** Above an address. */
    private static final int TRANSFORM_SHIFT = 48;

    private static final long ADDRESS_MASK = (1L << TRANSFORM_SHIFT) - 1;
    /** Most transforms that a batch's chunks can go through. */
    public static final int TRANSFORMS_MAX = OutputTag.TRANSFORMS_MAX;

    private final LongConsumer whenRead;
    private final LongArray entries = LongArray.empty();
    private int size;
    private long records;
    private long bytes;
    private boolean framed;
    private boolean transformed;
    private boolean closed;

    /** Describes memory that nobody needs to hear of. */
    public Chunks() {
        this(bytes -> {});
    }

    /** @param whenRead told of the bytes of each chunk whose records were found, by the thread that found them */
    public Chunks(LongConsumer whenRead) {
        this.whenRead = whenRead;
    }

    /** Appends a chunk of lines, see {@link #add(long, int, int, long, boolean)}. */
    public void add(long address, int length, int records, long tag) {
        add(address, length, records, tag, false);
    }

    /** Appends a chunk whose records stay as they are, see {@link #add(long, int, int, long, boolean, int)}. */
    public void add(long address, int length, int records, long tag, boolean framed) {
        add(address, length, records, tag, framed, 0);
    }

    /**
     * Appends a chunk.
     *
     * @param address where its first record begins
     * @param length its bytes, newlines included, at least 1
     * @param records how many records (which is: newlines, or frames) it holds, at least 1; verified when it is
     *     assigned
     * @param tag what an error shall name it by, for example its position in the journal
     * @param framed whether it holds frames
     * @param transform which of {@link Keying#transforms} its records go through, from 1; 0: none
     * @throws IllegalArgumentException when a number is out of range
     * @throws IllegalStateException when the batch would exceed {@link #RECORDS_MAX}, or after {@link #close()}
     */
    public void add(long address, int length, int records, long tag, boolean framed, int transform) {
        requireOpen();
        Objects.checkIndex(transform, TRANSFORMS_MAX + 1);
        int recordBytesMin = framed ? Frame.HEADER_BYTES : 1;
        if (records < 1 || length < (long) records * recordBytesMin || !RecordRef.canHold(address, length)) {
            throw new IllegalArgumentException("chunk " + tag + ": " + records + " records in " + length
                    + " bytes at 0x" + Long.toHexString(address) + " cannot be");
        }
        if (this.records + records > RECORDS_MAX) {
            throw new IllegalStateException("chunk " + tag + ": more than " + RECORDS_MAX + " records in a batch");
        }
        long entry = (long) size * ENTRY_LONGS;
        entries.growTo(entry + ENTRY_LONGS);
        entries.set(entry, (long) transform << TRANSFORM_SHIFT | address);
        entries.set(entry + 1, tag);
        entries.set(entry + 2, ((long) length << Integer.SIZE) | this.records | (framed ? FRAMED : 0));
        this.framed |= framed;
        this.transformed |= transform != 0;
        size++;
        this.records += records;
        bytes += length;
    }

    /** How many chunks. */
    public int size() {
        return size;
    }

    /** How many records all chunks are said to hold. */
    public long records() {
        return records;
    }

    /** Bytes of all chunks, newlines included. */
    public long bytes() {
        return bytes;
    }

    /** Where a chunk's first record begins. */
    public long address(int chunk) {
        requireChunk(chunk);
        return entries.get((long) chunk * ENTRY_LONGS) & ADDRESS_MASK;
    }

    /** Which of {@link Keying#transforms} the records of a chunk go through, from 1; 0: none. */
    public int transform(int chunk) {
        requireChunk(chunk);
        return (int) (entries.get((long) chunk * ENTRY_LONGS) >>> TRANSFORM_SHIFT);
    }

    /** Whether the records of any chunk go through a transform. */
    public boolean hasTransforms() {
        return transformed;
    }

    /** The tag that a chunk was added with. */
    public long tag(int chunk) {
        requireChunk(chunk);
        return entries.get((long) chunk * ENTRY_LONGS + 1);
    }

    /** Bytes of a chunk, newlines included. */
    public int length(int chunk) {
        requireChunk(chunk);
        return (int) (entries.get((long) chunk * ENTRY_LONGS + 2) >>> Integer.SIZE) & Integer.MAX_VALUE;
    }

    /** A chunk's records were found. Any thread. */
    void wasRead(int chunk) {
        whenRead.accept(length(chunk));
    }

    /** Whether a chunk holds frames, not lines. */
    public boolean isFramed(int chunk) {
        requireChunk(chunk);
        return entries.get((long) chunk * ENTRY_LONGS + 2) < 0;
    }

    /** Counts as holding frames if those do: they did before some records were left out. */
    void frameLike(Chunks others) {
        framed |= others.framed;
    }

    /** Whether any chunk holds frames. */
    boolean hasFrames() {
        return framed;
    }

    /**
     * The chunk that holds a record. Bisects.
     *
     * @param record ordinal in the batch, in order of arrival
     */
    public int chunkOf(long record) {
        requireOpen();
        return chunkFrom(Objects.checkIndex(record, records) + 1) - 1;
    }

    /** The ordinal in the batch of a chunk's first record; of {@code size()}, how many records there are. */
    public int firstRecord(int chunk) {
        requireOpen();
        Objects.checkIndex(chunk, size + 1);
        return chunk == size ? (int) records : (int) entries.get((long) chunk * ENTRY_LONGS + 2);
    }

    /** How many records a chunk is said to hold. */
    public int records(int chunk) {
        return firstRecord(chunk + 1) - firstRecord(chunk);
    }

    /** The first chunk that begins at record {@code record} or later; {@code size()} if none does. */
    int chunkFrom(long record) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (firstRecord(middle) < record) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void requireChunk(int chunk) {
        requireOpen();
        Objects.checkIndex(chunk, size);
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("these chunks are closed");
        }
    }

    /** Frees the list, not the memory it describes. Again: nothing. */
    @Override
    public void close() {
        closed = true;
        entries.close();
    }
}
