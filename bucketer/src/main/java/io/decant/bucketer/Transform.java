package io.decant.bucketer;

/**
 * What the records of a source are turned into, one record at a time: a function from a record to records, none of
 * them, or a failure. The same record gives the same result on every call, thread and machine.
 *
 * <p>Immutable; any thread.
 */
public interface Transform {

    /** One for the use of one thread; to be closed by the caller. */
    Transformer newTransformer();

    /** Whether a record can become more than one. */
    boolean canSplit();

    /** {@link #outputsAtMost} where that is not known. */
    long UNKNOWN = -1;

    /**
     * How many records lines become, at most, if that can be told much faster than by transforming them.
     *
     * @param bytes of all lines, newlines included
     * @param records how many lines
     * @return {@link #UNKNOWN} where it cannot
     */
    default long outputsAtMost(long address, long bytes, long records) {
        return UNKNOWN;
    }

    /** Whether nothing comes of a record but itself, or nothing at all. */
    default boolean onlyFilters() {
        return false;
    }

    /** How many steps it has. */
    int steps();
}
