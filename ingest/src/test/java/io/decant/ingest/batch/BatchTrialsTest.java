package io.decant.ingest.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.decant.bucketer.AssignmentStoppedException;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.SegmentTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attempts at a batch are counted on the disk, and the record that ends them is found and set aside, whatever ends the
 * process.
 */
class BatchTrialsTest {

    private static final long BATCH = 7;
    private static final int JOURNAL_ID = 5;

    /** The process ends: nothing in it catches this. */
    private static final class ProcessEnd extends VirtualMachineError {
        private static final long serialVersionUID = 1;
    }

    /** How a bad record fails. */
    private interface Failure {
        void fail();
    }

    private final MemoryTrialStore store = new MemoryTrialStore();
    private final List<Exclusion> journaled = new ArrayList<>();
    private final Set<Long> bad = new TreeSet<>();
    private Failure failure = () -> {
        throw new ProcessEnd();
    };
    private long records = 1_000;
    private long memory = 256;
    private long nanos;
    private boolean refuses;
    private boolean aloneOnly;
    private int ends;
    private int whole;

    /** One process, until it ends or the batch is there; what the lane would see. */
    private Throwable live() {
        ExcludedRecords excluded =
                new ExcludedRecords(new JournalView(new SegmentTable(null), JOURNAL_ID), 0, journaled);
        ExclusionJournal journal = new ExclusionJournal() {
            private boolean asked;

            @Override
            public void ask(Exclusion exclusion, Set<String> sinks) {
                if (!refuses && !asked) {
                    journaled.add(exclusion);
                    asked = true;
                }
            }

            @Override
            public State take(Exclusion exclusion) {
                asked = false;
                return refuses ? State.REFUSED : State.SYNCED;
            }
        };
        BatchTrials trials = new BatchTrials(store, JOURNAL_ID, journal, excluded, memory, batch -> false, () -> nanos);
        for (int i = 0; i < 200; i++) {
            List<Exclusion> setAside = excluded.of(BATCH, 0, 0);
            Throwable thrown =
                    catchThrowable(() -> trials.run(BATCH, records - setAside.size(), setAside, trial(setAside)));
            if (thrown instanceof ProcessEnd) {
                ends++;
                return thrown;
            }
            if (thrown == null || !(thrown instanceof BatchTrialException again) || again.isStopped()) {
                return thrown;
            }
            nanos += again.waitNanos();
        }
        throw new AssertionError("tried without end");
    }

    private Throwable untilOver() {
        Throwable thrown = live();
        while (thrown instanceof ProcessEnd) {
            thrown = live();
        }
        return thrown;
    }

    private BatchTrials.Trial<String> trial(List<Exclusion> setAside) {
        List<Long> left = new ArrayList<>();
        for (long i = 0; i < records; i++) {
            left.add(i);
        }
        setAside.forEach(exclusion -> left.remove(exclusion.ordinal()));
        return new BatchTrials.Trial<>() {
            @Override
            public String run(boolean onThisThread) {
                whole++;
                if (aloneOnly && !onThisThread) {
                    failure.fail();
                }
                look(left);
                return "split";
            }

            @Override
            public Set<String> sinks() {
                return Set.of("api");
            }

            @Override
            public void probe(long from, long to) {
                look(left.subList((int) from, (int) to));
            }
        };
    }

    private void look(List<Long> ordinals) {
        if (ordinals.stream().anyMatch(bad::contains)) {
            failure.fail();
        }
    }

    @Test
    void shouldSyncNothingForABatchThatIsNotTriedAgain() {
        assertThat(live()).isNull();
        assertThat(store.syncs).isZero();
        assertThat(store.writes).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 499, 998, 999})
    void shouldSetAsideTheRecordThatEndsTheProcess(long ordinal) {
        bad.add(ordinal);
        assertThat(untilOver()).isNull();
        assertThat(journaled).extracting(Exclusion::ordinal).containsExactly(ordinal);
        assertThat(journaled.get(0).reason()).contains("the process ended 3 times");
        // Two tries, two steps down of a 64th each, and what a record must do by itself twice more.
        assertThat(ends).isEqualTo(6);
    }

    @Test
    void shouldSetAsideTheOnlyRecordOfABatch() {
        records = 1;
        bad.add(0L);
        assertThat(untilOver()).isNull();
        assertThat(journaled).extracting(Exclusion::ordinal).containsExactly(0L);
    }

    @Test
    void shouldFindTheRecordInOneProcessThatSurvives() {
        List<Failure> kinds = List.of(
                () -> {
                    throw new IllegalStateException("odd record");
                },
                () -> {
                    throw new StackOverflowError();
                },
                () -> {
                    throw new OutOfMemoryError("direct");
                });
        for (Failure kind : kinds) {
            failure = kind;
            journaled.clear();
            bad.clear();
            bad.add(321L);
            store.write(0, ByteBuffer.allocate(TrialStore.SLOT_BYTES), true);
            assertThat(live()).isNull();
            assertThat(journaled).extracting(Exclusion::ordinal).containsExactly(321L);
        }
        assertThat(journaled.get(0).reason()).isEqualTo("java.lang.OutOfMemoryError: direct");
    }

    @Test
    void shouldFindSeveralOneAfterTheOther() {
        bad.addAll(Set.of(3L, 4L, 900L));
        assertThat(untilOver()).isNull();
        assertThat(journaled).extracting(Exclusion::ordinal).containsExactlyInAnyOrder(3L, 4L, 900L);
    }

    @Test
    void shouldNeedTheSameRecordToFailByItselfAgain() {
        bad.add(10L);
        for (int i = 0; i < 3; i++) {
            assertThat(live()).isInstanceOf(ProcessEnd.class);
        }
        // Whatever ended the process so far was not in the record.
        bad.clear();
        assertThat(untilOver()).isNull();
        assertThat(journaled).isEmpty();
    }

    @Test
    void shouldTryByOneThreadWhereNoRecordExplainsIt() {
        aloneOnly = true;
        assertThat(untilOver()).isNull();
        assertThat(journaled).isEmpty();
        assertThat(ends).isEqualTo(2);
    }

    @Test
    void shouldStopWithAdviceWhereNothingHelpsAndTryAgainWithOtherMemory() {
        BatchTrialException stopped = (BatchTrialException) untilOverWithoutReason();
        assertThat(stopped.isStopped()).isTrue();
        assertThat(stopped).hasMessageContaining("more memory (-Xmx in JAVA_OPTS)");
        // The next start tries once, and where that ends the process as well, the one after it does not.
        int tried = whole;
        assertThat(lifeWithoutReason()).isInstanceOf(ProcessEnd.class);
        assertThat(lifeWithoutReason()).isInstanceOf(BatchTrialException.class);
        assertThat(whole).isEqualTo(tried + 1);

        memory = 512;
        failure = () -> {};
        assertThat(live()).isNull();
    }

    @Test
    void shouldGoOnAfterARestartOnceTheShortageIsOver() {
        assertThat(untilOverWithoutReason()).isInstanceOf(BatchTrialException.class);
        assertThat(live()).isNull();
    }

    /** Each try ends the process, and no record does. */
    private Throwable untilOverWithoutReason() {
        Throwable thrown;
        do {
            thrown = lifeWithoutReason();
        } while (thrown instanceof ProcessEnd);
        assertThat(whole).isEqualTo(BatchTrials.TRIES_MAX);
        return thrown;
    }

    private Throwable lifeWithoutReason() {
        return catchThrowable(() -> trials().run(BATCH, records, List.of(), withoutReason(() -> {
            throw new ProcessEnd();
        })));
    }

    private BatchTrials trials() {
        ExcludedRecords excluded =
                new ExcludedRecords(new JournalView(new SegmentTable(null), JOURNAL_ID), 0, List.of());
        return new BatchTrials(store, JOURNAL_ID, null, excluded, memory, batch -> false, () -> nanos);
    }

    private BatchTrials.Trial<String> withoutReason(Failure fails) {
        return new BatchTrials.Trial<>() {
            @Override
            public String run(boolean onThisThread) {
                whole++;
                fails.fail();
                return "split";
            }

            @Override
            public Set<String> sinks() {
                return Set.of("api");
            }

            @Override
            public void probe(long from, long to) {}
        };
    }

    /** Memory is short for a while; four sinks ask each second. */
    @Test
    void shouldTryForMinutesAndOnceForAllSinks() {
        BatchTrials trials = trials();
        BatchTrials.Trial<String> none = withoutReason(() -> {
            throw new OutOfMemoryError("short");
        });
        List<Long> seconds = new ArrayList<>();
        BatchTrialException last = null;
        for (long second = 0; last == null || !last.isStopped(); second++) {
            nanos = TimeUnit.SECONDS.toNanos(second);
            for (int sink = 0; sink < 4; sink++) {
                int before = whole;
                last = (BatchTrialException) catchThrowable(() -> trials.run(BATCH, records, List.of(), none));
                if (whole > before) {
                    seconds.add(second);
                }
            }
        }
        assertThat(seconds).hasSize(BatchTrials.TRIES_MAX).startsWith(0L, 1L, 3L, 7L, 15L, 31L, 63L, 123L);
        assertThat(last).hasMessageContaining("-Xmx in JAVA_OPTS").hasMessageContaining("RAM");
        for (int sink = 0; sink < 4; sink++) {
            assertThat(catchThrowable(() -> trials.run(BATCH, records, List.of(), none)))
                    .isInstanceOf(BatchTrialException.class)
                    .hasMessage(last.getMessage());
        }
        assertThat(whole).isEqualTo(BatchTrials.TRIES_MAX);
    }

    @Test
    void shouldSetNothingAsideOfABatchThatASinkHasBegun() {
        bad.add(5L);
        refuses = true;
        Throwable thrown = untilOver();
        assertThat(((BatchTrialException) thrown).isStopped()).isTrue();
        assertThat(thrown)
                .hasMessageContaining("batch 7")
                .hasMessageContaining("record 5")
                .hasMessageContaining("a sink has started it")
                .hasMessageContaining("-Xmx");
        // Each start tries once; where that ends the process, the next one does not.
        int before = ends;
        assertThat(live()).isInstanceOf(ProcessEnd.class);
        assertThat(live()).isInstanceOf(BatchTrialException.class);
        assertThat(ends).isEqualTo(before + 1);
        bad.clear();
        assertThat(live()).isNull();
    }

    @Test
    void shouldSetNothingAsideOfABatchThatWasInMemoryBefore() {
        assertThat(live()).isNull();
        bad.add(5L);
        assertThat(untilOver())
                .isInstanceOf(BatchTrialException.class)
                .hasMessageContaining("a sink may have received some of it");
        assertThat(journaled).isEmpty();
    }

    @Test
    void shouldCountAnewAfterAPowerCutTookWhatWasNotSynced() {
        bad.add(5L);
        assertThat(live()).isInstanceOf(ProcessEnd.class);
        store.cutPower();
        assertThat(untilOver()).isNull();
        assertThat(journaled).extracting(Exclusion::ordinal).containsExactly(5L);
    }

    @Test
    void shouldNotCountWhatIsNotTheRecordsDoing() {
        failure = BatchTrialsTest::beStopped;
        bad.add(5L);
        for (int i = 0; i < 5; i++) {
            assertThat(live()).isInstanceOf(AssignmentStoppedException.class);
        }
        bad.clear();
        assertThat(live()).isNull();
        assertThat(whole).isEqualTo(6);
    }

    /** What an extraction does that is asked to stop. */
    private static void beStopped() {
        long line = Memory.allocateZeroed(1);
        Memory.putByte(line, (byte) '\n');
        try (Chunks chunks = new Chunks()) {
            chunks.add(line, 1, 1, 0);
            BucketAssigner assigner = new BucketAssigner(1, Runnable::run);
            assigner.stop();
            assigner.probe(chunks, Keying.wholeRecord(1), 0, 1);
        } finally {
            Memory.free(line, 1);
        }
    }

    @Test
    void shouldGoOnWithoutCountsWhereTheDiskRefuses() {
        TrialStore broken = new TrialStore() {
            @Override
            public ByteBuffer read() throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void write(int slot, ByteBuffer content, boolean sync) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void close() {}
        };
        ExcludedRecords excluded =
                new ExcludedRecords(new JournalView(new SegmentTable(null), JOURNAL_ID), 0, List.of());
        try (BatchTrials trials =
                new BatchTrials(broken, JOURNAL_ID, null, excluded, memory, batch -> false, () -> nanos)) {
            assertThat(trials.run(BATCH, records, List.of(), trial(List.of()))).isEqualTo("split");
        }
    }

    /**
     * One sink is far behind: what was in memory for another must stay as it was, though there are more such batches
     * than slots.
     */
    @Test
    void shouldSetNothingAsideOfABatchThatWasInMemoryHoweverManyWereSince() {
        assertThat(live()).isNull();
        ExcludedRecords excluded =
                new ExcludedRecords(new JournalView(new SegmentTable(null), JOURNAL_ID), 0, List.of());
        BatchTrials trials = new BatchTrials(store, JOURNAL_ID, null, excluded, memory, batch -> false, () -> nanos);
        for (long batch = BATCH + 1; batch <= 3 * TrialStore.SLOTS; batch++) {
            assertThat(trials.run(batch, records, List.of(), trial(List.of()))).isEqualTo("split");
        }
        bad.add(5L);
        assertThat(untilOver())
                .isInstanceOf(BatchTrialException.class)
                .hasMessageContaining("a sink may have received some of it");
        assertThat(journaled).isEmpty();
    }

    @Test
    void shouldSetNothingAsideOfABatchThatSparkHasSplit() {
        ExcludedRecords excluded =
                new ExcludedRecords(new JournalView(new SegmentTable(null), JOURNAL_ID), 0, List.of());
        new BatchTrials(store, JOURNAL_ID, null, excluded, memory, batch -> false, () -> nanos).opened(BATCH);
        bad.add(5L);
        assertThat(untilOver())
                .isInstanceOf(BatchTrialException.class)
                .hasMessageContaining("a sink may have received some of it");
        assertThat(journaled).isEmpty();
    }

    @Test
    void shouldHoldMoreBatchesThanSlotsByLettingGoOfThoseThatDoNotFail() {
        ExcludedRecords excluded =
                new ExcludedRecords(new JournalView(new SegmentTable(null), JOURNAL_ID), 0, List.of());
        BatchTrials trials = new BatchTrials(store, JOURNAL_ID, null, excluded, memory, batch -> false, () -> nanos);
        for (long batch = 1; batch <= 3 * TrialStore.SLOTS; batch++) {
            assertThat(trials.run(batch, records, List.of(), trial(List.of()))).isEqualTo("split");
        }
        bad.add(1L);
        assertThatThrownBy(() -> trials.run(1_000, records, List.of(), trial(List.of())))
                .isInstanceOf(ProcessEnd.class);
        BatchTrials next = new BatchTrials(store, JOURNAL_ID, null, excluded, memory, batch -> false, () -> nanos);
        int syncs = store.syncs;
        assertThatThrownBy(() -> next.run(1_000, records, List.of(), trial(List.of())))
                .isInstanceOf(ProcessEnd.class);
        assertThat(store.syncs).as("a second try is synced").isGreaterThan(syncs);
    }
}
