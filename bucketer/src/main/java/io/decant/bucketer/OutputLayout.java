package io.decant.bucketer;

import java.util.List;

/**
 * Where the records of buckets are found that transforms made. A place is one of {@link #outputs} until another record
 * is asked for. Owned by one thread, unless an implementation says more.
 */
interface OutputLayout extends AutoCloseable {

    /** Records of all buckets. */
    long records();

    int buckets();

    long records(int bucket);

    /** The place of a record, which there must be. */
    long place(int bucket, long ordinal);

    /**
     * How many records of the bucket have their places in a row, from the one on that {@link #place} was asked for
     * last.
     */
    long following(int bucket, long ordinal);

    /** What the last {@link #place} is one of. */
    OutputTable outputs();

    /** Records without a key. */
    long keyless();

    /** The place of a record without a key. */
    long keylessPlace(long ordinal);

    /** What the last {@link #keylessPlace} is one of. */
    OutputTable keylessOutputs();

    /** Of several keys the most frequent of each; empty where there is one. */
    default List<HotPlace> hottest() {
        return List.of();
    }

    @Override
    void close();
}
