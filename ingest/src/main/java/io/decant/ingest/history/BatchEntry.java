package io.decant.ingest.history;

import io.decant.ingest.history.BatchView.Delivery;
import io.decant.ingest.history.BatchView.DeliveryState;
import io.decant.ingest.history.BatchView.Split;
import io.decant.ingest.history.BatchView.State;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A batch as {@link BatchHistory} keeps it. Guarded by that one. */
final class BatchEntry {

    /** A sink's way through the batch. */
    static final class Leg {
        private DeliveryState state = DeliveryState.WAITING;
        private OptionalLong startedMillis = OptionalLong.empty();
        private OptionalLong completedMillis = OptionalLong.empty();
        private OptionalLong bucketsDelivered = OptionalLong.empty();
        private Counts before = Counts.NONE;
        private Counts counts = Counts.NONE;
        private String lastError = "";

        void start(long millis, Counts before) {
            state = DeliveryState.DELIVERING;
            startedMillis = OptionalLong.of(millis);
            bucketsDelivered = OptionalLong.of(0);
            this.before = before;
        }

        void progress(int buckets) {
            bucketsDelivered = OptionalLong.of(buckets);
        }

        void count(Counts now) {
            if (state == DeliveryState.DELIVERING) {
                counts = now.since(before);
            }
        }

        void trouble(String error) {
            lastError = error;
        }

        void complete(long millis, Counts now) {
            count(now);
            state = DeliveryState.DELIVERED;
            completedMillis = OptionalLong.of(millis);
        }

        /** It has the batch, and when it got it is not known. */
        void passed() {
            state = DeliveryState.DELIVERED;
        }

        void fail(String error) {
            state = DeliveryState.FAILED;
            lastError = error;
        }

        OptionalLong startedMillis() {
            return startedMillis;
        }

        OptionalLong completedMillis() {
            return completedMillis;
        }

        private Delivery view() {
            return new Delivery(state, startedMillis, completedMillis, bucketsDelivered, counts, lastError);
        }
    }

    private final BatchInfo info;
    private final OptionalLong submittedMillis;
    private final Map<String, Leg> legs = new LinkedHashMap<>();
    /** It is in each event. */
    private final String window;

    private boolean isOfDeadLetters;
    private boolean onSpark;
    private Optional<Split> split = Optional.empty();

    /** @param submittedMillis empty where it is not known */
    BatchEntry(BatchInfo info, OptionalLong submittedMillis) {
        this.info = info;
        this.submittedMillis = submittedMillis;
        this.window = info.window();
    }

    /** One of the settings' sinks that the batch is for. */
    Leg addSink(String name) {
        Leg leg = new Leg();
        legs.put(name, leg);
        return leg;
    }

    BatchInfo info() {
        return info;
    }

    String window() {
        return window;
    }

    OptionalLong submittedMillis() {
        return submittedMillis;
    }

    /** Null where the batch is not for it. */
    Leg leg(String sink) {
        return legs.get(sink);
    }

    Collection<String> sinks() {
        return legs.keySet();
    }

    /** Its records are dead letters that are sent again. */
    void deadLetters() {
        isOfDeadLetters = true;
    }

    boolean isOfDeadLetters() {
        return isOfDeadLetters;
    }

    void offload() {
        onSpark = true;
    }

    void split(Split into) {
        split = Optional.of(into);
    }

    Optional<Split> split() {
        return split;
    }

    boolean isDelivered() {
        for (Leg leg : legs.values()) {
            if (leg.state != DeliveryState.DELIVERED) {
                return false;
            }
        }
        return true;
    }

    /** Whether a sink is at it, or stopped at it: there are no more of these than sinks. */
    boolean isBegun() {
        for (Leg leg : legs.values()) {
            if (leg.state == DeliveryState.DELIVERING || leg.state == DeliveryState.FAILED) {
                return true;
            }
        }
        return false;
    }

    private State state() {
        if (isDelivered()) {
            return State.DELIVERED;
        }
        if (legs.values().stream().anyMatch(leg -> leg.state == DeliveryState.FAILED)) {
            return State.FAILED;
        }
        if (split.isPresent()) {
            return State.DELIVERING;
        }
        return onSpark ? State.OFFLOADED : State.CUT;
    }

    private OptionalLong startedMillis() {
        return legs.values().stream()
                .map(Leg::startedMillis)
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    private OptionalLong completedMillis() {
        boolean known = isDelivered() && legs.values().stream().allMatch(leg -> leg.completedMillis.isPresent());
        return known
                ? legs.values().stream()
                        .map(Leg::completedMillis)
                        .flatMapToLong(OptionalLong::stream)
                        .max()
                : OptionalLong.empty();
    }

    BatchView view() {
        Map<String, Delivery> sinks = new LinkedHashMap<>();
        legs.forEach((name, leg) -> sinks.put(name, leg.view()));
        return new BatchView(
                info,
                state(),
                isOfDeadLetters,
                onSpark,
                submittedMillis,
                startedMillis(),
                completedMillis(),
                split,
                sinks);
    }
}
