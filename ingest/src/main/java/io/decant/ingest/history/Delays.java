package io.decant.ingest.history;

import java.util.OptionalLong;

/**
 * How long batches took, in milliseconds, each the longest of several; {@link #UNKNOWN} where none is known.
 *
 * @param scheduling from being submitted to being started
 * @param processing from being started to being completed
 * @param total from being submitted to being completed
 */
record Delays(long scheduling, long processing, long total) {

    static final long UNKNOWN = Long.MIN_VALUE;
    static final Delays NONE = new Delays(UNKNOWN, UNKNOWN, UNKNOWN);

    static Delays of(OptionalLong submitted, OptionalLong started, OptionalLong completed) {
        return new Delays(
                BatchView.delay(submitted, started).orElse(UNKNOWN),
                BatchView.delay(started, completed).orElse(UNKNOWN),
                BatchView.delay(submitted, completed).orElse(UNKNOWN));
    }

    Delays longest(Delays other) {
        return new Delays(
                Math.max(scheduling, other.scheduling),
                Math.max(processing, other.processing),
                Math.max(total, other.total));
    }
}
