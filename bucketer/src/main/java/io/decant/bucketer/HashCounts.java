package io.decant.bucketer;

/**
 * How often each of many hashes came by: what the segments of a batch tell each other, since they never see each
 * other's records. Off the heap, 16 to 43 bytes a hash.
 *
 * <p>Owned by one thread.
 */
public final class HashCounts implements AutoCloseable {

    private final OccurrenceTable table;

    /** Room for about {@code hashes} different ones before it has to grow. */
    public HashCounts(long hashes) {
        this.table = new OccurrenceTable(hashes);
    }

    /**
     * Counts {@code count} occurrences more.
     *
     * @param count at least 1
     * @return how often the hash came before
     */
    public long add(long hash, long count) {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + ", must be at least 1");
        }
        return table.add(hash, count);
    }

    /** Receives a hash and how often it came by. */
    @FunctionalInterface
    public interface Visitor {
        void visit(long hash, long count);
    }

    /** Shows every hash once, in no order that anything may depend on; other tables may be filled in it. */
    public void forEach(Visitor visitor) {
        table.forEach(visitor::visit);
    }

    /** How many different hashes. */
    public long size() {
        return table.size();
    }

    OccurrenceTable table() {
        return table;
    }

    /** Frees the memory. Again: nothing. */
    @Override
    public void close() {
        table.close();
    }
}
