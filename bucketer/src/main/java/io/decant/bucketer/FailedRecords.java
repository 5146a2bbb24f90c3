package io.decant.bucketer;

/**
 * Records that could not be transformed, in order of arrival: where each lies, which it is, at which step it failed and
 * why. Off the heap, 16 bytes a record. Filled by one thread.
 */
final class FailedRecords implements AutoCloseable {

    private static final int LONGS = 2;

    private final LongArray entries = LongArray.empty();
    private long count;

    void add(long ref, int arrival, int failure) {
        long at = count * LONGS;
        entries.growTo(at + LONGS);
        entries.set(at, ref);
        entries.set(at + 1, (long) arrival << Integer.SIZE | (long) failure);
        count++;
    }

    void addAll(FailedRecords others) {
        entries.growTo((count + others.count) * LONGS);
        for (long i = 0; i < others.count * LONGS; i++) {
            entries.set(count * LONGS + i, others.entries.get(i));
        }
        count += others.count;
    }

    long count() {
        return count;
    }

    long ref(long ordinal) {
        return entries.get(ordinal * LONGS);
    }

    int arrival(long ordinal) {
        return (int) (entries.get(ordinal * LONGS + 1) >>> Integer.SIZE);
    }

    /** A {@link TransformFailure#code}. */
    int failure(long ordinal) {
        return (int) entries.get(ordinal * LONGS + 1);
    }

    @Override
    public void close() {
        entries.close();
        count = 0;
    }
}
