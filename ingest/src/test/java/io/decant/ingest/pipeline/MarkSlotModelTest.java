package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Mark;
import io.decant.ingest.stage.StageWaker;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A lane that puts marks while the writer takes them, in every order that a model checker finds. Forbidden: that the
 * newest mark is lost, that one counts as synced which was not appended, and that a lane which waits for its mark is
 * not woken.
 */
@Tag("lincheck")
class MarkSlotModelTest {

    private static final int ITERATIONS = 10;
    private static final int INVOCATIONS = 500;

    @Test
    void shouldBringTheNewestMarkToTheJournalAndWakeTheLaneThatAwaitsIt() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(0)
                .actorsAfter(0)
                .check(Marks.class);
    }

    /** One lane, and the writer. */
    public static class Marks {

        private final Mark mark = new Mark("api", 1, 0, 0, 0);

        private final StageWaker waker = new StageWaker();
        private final MarkSlot slot = new MarkSlot(waker);
        private volatile boolean woken;

        /** The lane's: what it awaits, 0 for nothing, and whether it sleeps for that. */
        private long awaited;

        private boolean asleep;
        private long put;

        /** The writer's: the newest mark that it appends or has appended, and the position behind it. */
        private volatile long appended;

        private long end;

        public Marks() {
            waker.wakeBy(() -> woken = true);
        }

        @Operation(nonParallelGroup = "lane")
        public void put() {
            put(false);
        }

        @Operation(nonParallelGroup = "lane")
        public void putAndAwait() {
            put(true);
            look();
        }

        /** A lane that awaits a mark puts no other. */
        private void put(boolean isAwaited) {
            if (awaited == 0) {
                put = slot.next();
                awaited = isAwaited ? put : 0;
                slot.put(mark, isAwaited);
            }
        }

        @Operation(nonParallelGroup = "lane")
        public void look() {
            woken = false;
            boolean synced = slot.isSynced(awaited, Long.MAX_VALUE);
            if (synced && appended < awaited) {
                throw new IllegalStateException("mark " + awaited + " counts as synced after " + appended);
            }
            asleep = !synced;
            awaited = synced ? 0 : awaited;
        }

        @Operation(nonParallelGroup = "writer")
        public void take() {
            MarkSlot.Numbered mark = slot.peek();
            if (mark != null) {
                appended = mark.number();
                end += 10;
                slot.taken(mark, end);
            }
        }

        @Validate
        public void nothingIsLost() {
            take();
            if (appended != put) {
                throw new IllegalStateException("mark " + put + " is lost, the last one was " + appended);
            }
            if (asleep && !woken) {
                throw new IllegalStateException("the lane sleeps, and mark " + awaited + " is in the journal");
            }
        }
    }
}
