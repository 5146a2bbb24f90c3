package io.decant.ingest.sink;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One request under way: the place where its outcome is put by the transport's thread and found by the sink's. As a
 * sink has at most {@code concurrency} of these, they are its inbox, and the inbox is bounded.
 */
final class InFlightRequest implements Consumer<Outcome> {

    private final AtomicReference<Outcome> outcome = new AtomicReference<>();
    private final long bytes;
    private final Runnable wakeUp;
    private Part part;

    /** @param bytes length of the body */
    InFlightRequest(Part part, long bytes, Runnable wakeUp) {
        this.part = part;
        this.bytes = bytes;
        this.wakeUp = wakeUp;
    }

    /** On the transport's thread. */
    @Override
    public void accept(Outcome result) {
        if (!outcome.compareAndSet(null, result)) {
            throw new IllegalStateException("a request has two outcomes: " + outcome.get() + ", then " + result);
        }
        wakeUp.run();
    }

    /** What became of it; null while it is under way. */
    Outcome outcome() {
        return outcome.get();
    }

    /** The part it carries; null once it is no longer waited for. */
    Part part() {
        return part;
    }

    long bytes() {
        return bytes;
    }

    void disown() {
        part = null;
    }
}
