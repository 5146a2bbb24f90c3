package io.decant.ingest.history;

import java.time.InstantSource;
import java.util.UUID;

/**
 * What is kept of the last minutes. It has no thread and no clock of its own: stages tell of batches, and whoever has
 * the time has it {@linkplain #look look} once a second.
 */
public final class History {

    private final InstantSource clock;
    private final EventLog events;
    private final BatchHistory batches;
    private final SecondHistory seconds = new SecondHistory();
    private final StateWatch states;
    private final long startedMillis;

    /** Of a process that has just begun. */
    public History(InstantSource clock) {
        // A server that was started from a copy has the same journal, and a clock may be set back.
        this(clock, Long.toHexString(UUID.randomUUID().getMostSignificantBits() >>> 16));
    }

    /** @param start names the process */
    History(InstantSource clock, String start) {
        this.clock = clock;
        this.events = new EventLog(start);
        this.batches = new BatchHistory(clock, events);
        this.states = new StateWatch(events);
        this.startedMillis = clock.millis();
    }

    /** When the process began, milliseconds since the epoch. */
    public long startedMillis() {
        return startedMillis;
    }

    public EventLog events() {
        return events;
    }

    public BatchHistory batches() {
        return batches;
    }

    public SecondHistory seconds() {
        return seconds;
    }

    /** Whether it is time to {@link #look}. */
    public boolean isDue(long nowNanos) {
        return seconds.isDue(nowNanos);
    }

    /**
     * Keeps the values of the seconds since the last look, and tells of states that have changed. For one thread.
     *
     * @param nowNanos of the monotonic clock
     */
    public void look(long nowNanos, Sample sample) {
        if (!isDue(nowNanos)) {
            return;
        }
        sample.sinks().forEach((name, sink) -> batches.count(name, sink.counts()));
        seconds.look(nowNanos, clock.millis(), sample, batches.takeDelays());
        states.look(sample, clock.millis());
    }
}
