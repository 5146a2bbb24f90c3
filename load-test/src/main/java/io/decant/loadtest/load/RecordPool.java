package io.decant.loadtest.load;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Memory;
import io.decant.harness.Fingerprint;
import java.nio.ByteBuffer;

/**
 * Records that lie ready in memory, in chunks, to be sent again and again: round after round, each round's records
 * unlike those of every other. Making a chunk one of another round costs a few bytes a record, so the generator is not
 * what is measured.
 *
 * <p>Chunks all hold as many records. Direct memory. Owned by one thread at a time.
 */
public final class RecordPool {

    /** Larger than the caches, so that what is sent comes from memory as in life. */
    public static final int BYTES_DEFAULT = 64 << 20;

    private final RecordShape shape;
    private final RecordMaker maker;
    private final ByteBuffer memory;
    private final int chunks;
    private final int chunkRecords;
    private final long[] roundByChunk;
    private long taken;

    /**
     * Builds the records.
     *
     * @param chunkRecords how many a chunk holds, at least 1
     * @param bytes about how much memory to take; at least one chunk fits, whatever this says
     */
    public RecordPool(RecordShape shape, int chunkRecords, int bytes, long seed) {
        this(
                shape,
                chunkRecords,
                bytes,
                new RecordSequence(shape, (long) chunks(chunkRecords * shape.lineBytes(), bytes) * chunkRecords, seed));
    }

    /** @param maker of records of the shape's length */
    RecordPool(RecordShape shape, int chunkRecords, int bytes, RecordMaker maker) {
        this.shape = shape;
        this.maker = maker;
        this.chunkRecords = chunkRecords;
        int chunkBytes = Math.multiplyExact(shape.lineBytes(), chunkRecords);
        this.chunks = chunks(chunkBytes, bytes);
        this.memory = ByteBuffer.allocateDirect(Math.multiplyExact(chunks, chunkBytes));
        this.roundByChunk = new long[chunks];
        long records = (long) chunks * chunkRecords;
        long address = Memory.addressOf(memory);
        for (long i = 0; i < records; i++) {
            maker.next(address + i * shape.lineBytes());
        }
    }

    private static int chunks(int chunkBytes, int bytes) {
        return Math.max(1, bytes / chunkBytes);
    }

    /** A pool of the usual size whose chunks have about {@code chunkBytes}. */
    public static RecordPool of(RecordShape shape, int chunkBytes, long seed) {
        return new RecordPool(shape, Math.max(1, chunkBytes / shape.lineBytes()), BYTES_DEFAULT, seed);
    }

    public RecordShape shape() {
        return shape;
    }

    /** How many there are before they come round again. */
    public int chunks() {
        return chunks;
    }

    /** Records of each chunk. */
    public int chunkRecords() {
        return chunkRecords;
    }

    /** Bytes of each chunk. */
    public int chunkBytes() {
        return chunkRecords * shape.lineBytes();
    }

    /**
     * Which of the chunks the next {@link #take()} is, from 0; what was taken of it before must no longer be in use.
     */
    public int next() {
        return (int) (taken % chunks);
    }

    /** The next chunk, ready to be written out; good until it comes round again. */
    public ByteBuffer take() {
        int chunk = next();
        stamp(chunk, taken / chunks);
        taken++;
        return memory.slice(chunk * chunkBytes(), chunkBytes());
    }

    /** Begins again with the first chunk of the first round. */
    public void rewind() {
        taken = 0;
    }

    /** The fingerprint of what the first {@code count} calls of {@link #take()} gave; works through all of it. */
    public Fingerprint fingerprint(long count, KeyHasher hasher) {
        long sum = 0;
        for (long n = 0; n < count; n++) {
            int chunk = (int) (n % chunks);
            stamp(chunk, n / chunks);
            long address = address(chunk);
            for (int i = 0; i < chunkRecords; i++, address += shape.lineBytes()) {
                sum += hasher.hash(address, shape.bytes());
            }
        }
        long records = count * chunkRecords;
        return new Fingerprint(records, records * shape.bytes(), sum);
    }

    private void stamp(int chunk, long round) {
        if (roundByChunk[chunk] == round) {
            return;
        }
        long address = address(chunk);
        for (int i = 0; i < chunkRecords; i++, address += shape.lineBytes()) {
            maker.stamp(address, round);
        }
        roundByChunk[chunk] = round;
    }

    private long address(int chunk) {
        return Memory.addressOf(memory) + (long) chunk * chunkBytes();
    }
}
