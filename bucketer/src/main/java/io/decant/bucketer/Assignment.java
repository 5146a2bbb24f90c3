package io.decant.bucketer;

import java.util.List;
import java.util.Optional;

/**
 * The buckets of a batch. Within a bucket records stand in order of arrival and are counted by ordinals from 0.
 *
 * <p>Refers to the records in the memory of the batch's chunks, which must stay until this is closed. Holds 8 bytes a
 * record and 8 a bucket off the heap. Any number of threads may read at once; {@link #close()} must come after the last
 * of them.
 *
 * <p>Every method but {@link #close()} throws {@link IllegalStateException} once closed, and
 * {@link IndexOutOfBoundsException} for a bucket or ordinal that does not exist.
 */
public final class Assignment implements AutoCloseable {

    /** Records of the batch. */
    public long records() {
        throw new UnsupportedOperationException();
    }

    /** How many buckets: the multiplicity of the most frequent key; 0 for an empty batch. */
    public int buckets() {
        throw new UnsupportedOperationException();
    }

    /** Records of a bucket: at least 1, and no more than the bucket before it has. */
    public long records(int bucket) {
        throw new UnsupportedOperationException();
    }

    /** Bytes of a bucket's records without newlines. Walks the bucket. */
    public long bytes(int bucket) {
        throw new UnsupportedOperationException();
    }

    /** Where a record begins. */
    public long address(int bucket, long ordinal) {
        throw new UnsupportedOperationException();
    }

    /** Bytes of a record, without its newline. */
    public int length(int bucket, long ordinal) {
        throw new UnsupportedOperationException();
    }

    /**
     * Where the part that begins at {@code first} ends (exclusive), if it is to hold at most {@code maxRecords} records
     * and {@code maxBytes} bytes as lines. It holds at least one record, even one that alone is larger. Walks the part.
     *
     * @param first an ordinal of the bucket
     * @param maxRecords at least 1
     * @param maxBytes newlines count
     */
    public long partEnd(int bucket, long first, long maxRecords, long maxBytes) {
        throw new UnsupportedOperationException();
    }

    /** How many bytes {@link #copyLines} writes. Walks the records. */
    public long linesLength(int bucket, long first, long end) {
        throw new UnsupportedOperationException();
    }

    /**
     * Copies records {@code first} to {@code end} (exclusive), each followed by a newline, to {@code destination}.
     *
     * @return the bytes written
     */
    public long copyLines(int bucket, long first, long end, long destination) {
        throw new UnsupportedOperationException();
    }

    /** The most frequent key (of several, the one whose last record came first); empty for an empty batch. Cheap. */
    public Optional<HotKey> hottest() {
        throw new UnsupportedOperationException();
    }

    /**
     * The {@code limit} most frequent keys, most frequent first, of equal ones the one first whose last record came
     * first. Hashes about 2 * limit records a distinct count, so it is for a report, not for a loop.
     *
     * @param limit at least 0
     */
    public List<HotKey> topKeys(int limit) {
        throw new UnsupportedOperationException();
    }

    /** Frees what this holds. Again: nothing. */
    @Override
    public void close() {}
}
