package io.decant.ingest.history;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A batch at one moment. Times are milliseconds since the epoch, and empty where they are not known (yet).
 *
 * @param deadLetters whether its records are dead letters that are sent again
 * @param submittedMillis when it was cut; empty of one that an earlier process cut
 * @param startedMillis when the first sink took it
 * @param completedMillis when the last sink had it whole
 * @param split empty as long as it is not
 * @param sinks those of the settings that it is for, by name
 */
public record BatchView(
        BatchInfo info,
        State state,
        boolean deadLetters,
        boolean onSpark,
        OptionalLong submittedMillis,
        OptionalLong startedMillis,
        OptionalLong completedMillis,
        Optional<Split> split,
        Map<String, Delivery> sinks) {

    /** How far a batch is. */
    public enum State {
        CUT,
        /** Spark splits it. */
        OFFLOADED,
        DELIVERING,
        /** A sink stopped at it. */
        FAILED,
        DELIVERED
    }

    /** How far a sink is with it. */
    public enum DeliveryState {
        WAITING,
        DELIVERING,
        /** The sink stopped at it, until the next start. */
        FAILED,
        DELIVERED
    }

    /**
     * Of several keys the most frequent of one.
     *
     * @param name of the key in the settings
     * @param record one that has it, shortened
     * @param count how many records have it
     */
    public record HottestKey(String name, String record, long count) {}

    /**
     * What it was split into.
     *
     * @param hottest the record that makes it so many buckets, shortened; empty where the batch has one bucket
     * @param hottestCount how often that one's key occurs
     * @param hottestByName of several keys the most frequent of each that occurs more than once
     */
    public record Split(
            int buckets, BucketPicture sizes, String hottest, long hottestCount, List<HottestKey> hottestByName) {

        public Split {
            hottestByName = List.copyOf(hottestByName);
        }
    }

    /**
     * A sink's way through it.
     *
     * @param bucketsDelivered whole ones, of which the journal is to know
     * @param counts of this batch, since this process began with it
     * @param lastError the last failure in one line, also once it works again; empty where nothing failed
     */
    public record Delivery(
            DeliveryState state,
            OptionalLong startedMillis,
            OptionalLong completedMillis,
            OptionalLong bucketsDelivered,
            Counts counts,
            String lastError) {}

    public BatchView {
        sinks = Collections.unmodifiableMap(new LinkedHashMap<>(sinks));
    }

    /** From one time to another, in milliseconds, as far as both are known; a clock that was set back makes it 0. */
    public static OptionalLong delay(OptionalLong from, OptionalLong to) {
        return from.isPresent() && to.isPresent()
                ? OptionalLong.of(Math.max(0, to.getAsLong() - from.getAsLong()))
                : OptionalLong.empty();
    }
}
