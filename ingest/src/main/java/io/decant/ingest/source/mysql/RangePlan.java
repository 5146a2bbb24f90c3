package io.decant.ingest.source.mysql;

import java.util.List;

/**
 * A part of a table: rows whose split columns are behind {@code low} and up to {@code high}, or NULL.
 *
 * @param nulls rows with NULL in the split column, and no others
 * @param low values of the split columns; empty: from the beginning
 * @param high values of the split columns, included; empty: to the end
 */
record RangePlan(boolean nulls, List<byte[]> low, List<byte[]> high) {

    RangePlan {
        low = List.copyOf(low);
        high = List.copyOf(high);
    }

    static RangePlan ofNulls() {
        return new RangePlan(true, List.of(), List.of());
    }
}
