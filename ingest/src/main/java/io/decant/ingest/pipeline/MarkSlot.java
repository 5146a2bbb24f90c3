package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Mark;
import io.decant.ingest.stage.StageWaker;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A sink's newest mark on its way to the journal. A mark stands for all before it, so the slot holds one: a delivery
 * that is faster than the journal leaves marks out, never piles them up. One lane puts, the writer takes.
 */
final class MarkSlot {

    /**
     * @param number counts the marks that were put, from 1
     * @param awaited whether the lane continues only when it is synced
     */
    record Numbered(Mark mark, long number, boolean awaited) {}

    /** The marks up to this number are in the journal before {@code end}. */
    private record Appended(long number, long end) {}

    private final StageWaker lane;
    private final AtomicReference<Numbered> newest = new AtomicReference<>();
    private volatile Appended appended = new Appended(0, 0);
    /** The lane's. */
    private long count;

    /** @param lane has the lane look again */
    MarkSlot(StageWaker lane) {
        this.lane = lane;
    }

    /** Number that the next mark will have. */
    long next() {
        return count + 1;
    }

    void put(Mark mark, boolean awaited) {
        newest.set(new Numbered(mark, ++count, awaited));
    }

    Numbered peek() {
        return newest.get();
    }

    /** Takes a mark that was appended out, unless a newer one has come since; {@code end} is the position behind it. */
    void taken(Numbered mark, long end) {
        appended = new Appended(mark.number(), end);
        newest.compareAndSet(mark, null);
        if (mark.awaited()) {
            // It may be synced by now, and the lane may have looked in between.
            lane.wake();
        }
    }

    /** Whether the mark of this number, or a later one, is synced where everything before {@code synced} is. */
    boolean isSynced(long number, long synced) {
        Appended now = appended;
        return now.number() >= number && now.end() <= synced;
    }
}
