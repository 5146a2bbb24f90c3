package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Mark;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A sink's newest mark on its way to the journal. A mark stands for all before it, so the slot holds one: a delivery that is
 * faster than the journal leaves marks out, never piles them up. One lane puts, the writer takes.
 */
final class MarkSlot {

    private final AtomicReference<Mark> newest = new AtomicReference<>();

    void put(Mark mark) {
        newest.set(mark);
    }

    Mark peek() {
        return newest.get();
    }

    /** Takes the mark out unless a newer one has come since. */
    void taken(Mark mark) {
        newest.compareAndSet(mark, null);
    }
}
