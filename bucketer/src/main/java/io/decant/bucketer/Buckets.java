package io.decant.bucketer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * The buckets of a batch, as those read them who deliver it. Within a bucket records stand in order of arrival and are
 * counted by ordinals from 0. Where records without a key are left out they are in no bucket, but have ordinals of
 * their own. Buckets and keyless records together are the batch.
 *
 * <p>An address is good until another record is asked for, or this is closed; whoever needs a record for longer copies
 * it.
 *
 * <p>For one thread at a time, unless the implementation says more. Every method but {@link #close()} throws
 * {@link IllegalStateException} once closed, and {@link IndexOutOfBoundsException} for a bucket or ordinal that does
 * not exist.
 */
public interface Buckets extends AutoCloseable {

    /** Records of all buckets. */
    long records();

    /** Whether any number of threads may read at once, until {@link #close()}. */
    default boolean isShared() {
        return false;
    }

    /**
     * How many buckets: the multiplicity of the most frequent key, with several keys the longest chain of records of
     * which each shares a key with the next; 0 for a batch without keys.
     */
    int buckets();

    /** Records of a bucket: at least 1, and with one key no more than the bucket before it has. */
    long records(int bucket);

    /** Where a record begins: a line, or the value in a {@link Frame}. */
    long address(int bucket, long ordinal);

    /** Bytes of a record, without its newline; 0 of a tombstone. */
    int length(int bucket, long ordinal);

    /**
     * Whether a record, or the value in its frame, was found to be exactly one JSON text while its key was looked for:
     * the grammar of RFC 8259, in UTF-8, without a byte order mark or white space around it. False: nobody knows.
     */
    default boolean isJson(int bucket, long ordinal) {
        return false;
    }

    /**
     * Whether a record is a line, or was found to be a frame whose value is there and holds no newline. False: nobody
     * knows.
     */
    default boolean isLine(int bucket, long ordinal) {
        return false;
    }

    /** The {@link Frame} that a record lies in; 0 where it is a line. */
    long frame(int bucket, long ordinal);

    /** Whether any record lies in a frame. Where none does, every record is a line, and lines can be copied in runs. */
    boolean hasFrames();

    /** Records that are in no bucket because they have no key. */
    long keyless();

    /** Where a record without a key begins. */
    long keylessAddress(long ordinal);

    /** Bytes of a record without a key, without its newline; 0 of a tombstone. */
    int keylessLength(long ordinal);

    /** The {@link Frame} that a record without a key lies in; 0 where it is a line. */
    long keylessFrame(long ordinal);

    /**
     * Where the part that begins at {@code first} ends (exclusive), if it is to hold at most {@code maxRecords} records
     * and {@code maxBytes} bytes as lines. It holds at least one record, even one that alone is larger. Walks the part.
     *
     * @param first an ordinal of the bucket
     * @param maxRecords at least 1
     * @param maxBytes newlines count
     */
    long partEnd(int bucket, long first, long maxRecords, long maxBytes);

    /**
     * The same of a bucket of {@code records} records.
     *
     * @param lineBytes a record's length with its newline, by its ordinal
     */
    static long partEnd(long first, long records, long maxRecords, long maxBytes, LongUnaryOperator lineBytes) {
        Objects.checkIndex(first, records);
        if (maxRecords < 1) {
            throw new IllegalArgumentException("maxRecords: " + maxRecords + ", must be at least 1");
        }
        long limit = first + Math.min(maxRecords, records - first);
        long end = first;
        long bytes = 0;
        do {
            bytes += lineBytes.applyAsLong(end);
            end++;
        } while (end < limit && bytes + lineBytes.applyAsLong(end) <= maxBytes);
        return end;
    }

    /** How many bytes {@link #copyLines} writes. Walks the records. */
    long linesLength(int bucket, long first, long end);

    /**
     * Copies records {@code first} to {@code end} (exclusive), each followed by a newline, to {@code destination}.
     *
     * @return the bytes written
     * @throws IllegalStateException where there are frames, see {@link #hasFrames}
     */
    long copyLines(int bucket, long first, long end, long destination);

    /**
     * The most frequent key (of several, the one whose last record came first); empty where there are no buckets. Costs
     * next to nothing.
     */
    Optional<HotKey> hottest();

    /**
     * Of several keys the most frequent of each that occurs more than once, by its name in the settings, in their
     * order; empty where there is one key.
     */
    default List<HotKey> hottestByName() {
        return List.of();
    }

    /** Frees what this holds. Again: nothing. */
    @Override
    void close();
}
