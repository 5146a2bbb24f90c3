package io.decant.ingest.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.batch.Cutter;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.journal.Syncer;
import io.decant.offload.layout.BatchId;
import io.decant.offload.layout.BatchNames;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever is done to the wall clock, batches are cut at the pace of the monotonic one, and windows go back only where
 * that clock is more than a day behind them.
 */
class ClockPropertyTest {

    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);
    /** So many jumps back make less than a day. */
    private static final int JUMP_MINUTES_MAX = 20;

    private static final int JUMP_HOURS_MAX = 30;
    private static final int JUMP_YEARS_MAX = 20;
    private static final int STEPS_MAX = 60;
    private static final int STEP_MILLIS_MAX = 1_500;
    private static final GroupLimits LIMITS = new GroupLimits(6, 4 << 10, 4 << 10, 32 << 10, 64 << 10);

    /**
     * Time passes, then somebody sets the clock, then records come.
     *
     * @param jumpMillis how far the wall clock is set, back or forth
     * @param records 0: none come
     * @param restarts whether the server is started again before they come
     */
    record Step(int elapsedMillis, long jumpMillis, int records, boolean restarts) {}

    /**
     * A batch, and the clocks when its first record came.
     *
     * @param untilDueNanos time from then until it is due, seen from there
     * @param clockMillis the furthest that a clock can be which is set now and then, but never back
     * @param wallMillis what the wall clock showed
     */
    private record Batch(Cut cut, long untilDueNanos, long clockMillis, long wallMillis) {}

    @Provide
    Arbitrary<List<Step>> corrections() {
        return steps(between(TimeUnit.MINUTES.toMillis(JUMP_MINUTES_MAX)), Arbitraries.just(false));
    }

    @Provide
    Arbitrary<List<Step>> jumps() {
        return steps(
                Arbitraries.oneOf(
                        between(TimeUnit.HOURS.toMillis(JUMP_HOURS_MAX)),
                        between(TimeUnit.DAYS.toMillis(365L * JUMP_YEARS_MAX)),
                        Arbitraries.of(-DAY_MILLIS - 1, -DAY_MILLIS, DAY_MILLIS)),
                Arbitraries.frequencyOf(Tuple.of(9, Arbitraries.just(false)), Tuple.of(1, Arbitraries.just(true))));
    }

    private static Arbitrary<Long> between(long millis) {
        return Arbitraries.longs().between(-millis, millis);
    }

    private static Arbitrary<List<Step>> steps(Arbitrary<Long> jump, Arbitrary<Boolean> restarts) {
        Arbitrary<Long> jumps = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(0L)), Tuple.of(1, jump), Tuple.of(1, between(STEP_MILLIS_MAX)));
        return Combinators.combine(
                        Arbitraries.integers().between(0, STEP_MILLIS_MAX),
                        jumps,
                        Arbitraries.integers().between(0, 5),
                        restarts)
                .as(Step::new)
                .list()
                .ofMinSize(2)
                .ofMaxSize(STEPS_MAX);
    }

    @Provide
    Arbitrary<Long> intervals() {
        return Arbitraries.of(1L, 100L, 1_000L, 60_000L);
    }

    @Property
    void shouldCutAtTheMonotonicPaceWhateverTheWallClockDoes(
            @ForAll("jumps") List<Step> steps, @ForAll("intervals") long interval) throws IOException {
        World world = new World(interval, 8);
        world.run(steps);
        assertThat(world.batches).allSatisfy(batch -> assertThat(batch.untilDueNanos())
                .isBetween(0L, TimeUnit.MILLISECONDS.toNanos(interval)));
        assertThat(world.missedItsTime).isFalse();
    }

    @Property
    void shouldNeverMoveAWindowBackNorAheadOfTimeWhereTheClockIsCorrected(
            @ForAll("corrections") List<Step> steps, @ForAll("intervals") long interval) throws IOException {
        World world = new World(interval, 8);
        world.run(steps);
        long before = Long.MIN_VALUE;
        for (Batch batch : world.batches) {
            Cut cut = batch.cut();
            assertThat(cut.windowStartMillis()).isGreaterThanOrEqualTo(before);
            assertThat(cut.windowStartMillis() % interval).isZero();
            assertThat(cut.windowEndMillis()).isEqualTo(cut.windowStartMillis() + interval);
            assertThat(cut.windowStartMillis()).isLessThanOrEqualTo(batch.clockMillis());
            before = cut.windowStartMillis();
        }
    }

    /** After a clock that was wrong by years has been set right, windows are right. */
    @Property
    void shouldBeNoMoreThanADayAheadOfTheClock(@ForAll("jumps") List<Step> steps, @ForAll("intervals") long interval)
            throws IOException {
        World world = new World(interval, 8);
        world.run(steps);
        long before = Long.MIN_VALUE;
        for (Batch batch : world.batches) {
            long start = batch.cut().windowStartMillis();
            assertThat(start % interval).isZero();
            assertThat(batch.cut().windowEndMillis()).isEqualTo(start + interval);
            assertThat(start - batch.wallMillis()).isLessThanOrEqualTo(DAY_MILLIS + interval);
            if (start < before) {
                assertThat(before - batch.wallMillis()).isGreaterThan(DAY_MILLIS);
                assertThat(batch.wallMillis() - start).isBetween(0L, interval - 1);
            }
            before = start;
        }
    }

    /** Windows come again after such a jump; what is delivered to files must not. */
    @Property
    void shouldDeliverEachBatchToAPathOfItsOwn(@ForAll("jumps") List<Step> steps) throws IOException {
        World world = new World(1_000, 8);
        world.run(steps);
        assertThat(world.batches)
                .extracting(batch -> BatchNames.directory(new BatchId(
                        "test",
                        "00000001",
                        batch.cut().batch(),
                        Instant.ofEpochMilli(batch.cut().windowStartMillis()),
                        Instant.ofEpochMilli(batch.cut().windowEndMillis()))))
                .doesNotHaveDuplicates();
    }

    @Property
    void shouldCutEveryRecordOnce(@ForAll("jumps") List<Step> steps, @ForAll("intervals") long interval)
            throws IOException {
        World world = new World(interval, 8);
        world.run(steps);
        long number = 0;
        long records = 0;
        long end = 0;
        for (Batch batch : world.batches) {
            assertThat(batch.cut().batch()).isEqualTo(++number);
            assertThat(batch.cut().start()).isGreaterThanOrEqualTo(end);
            end = batch.cut().start() + 1;
            records += batch.cut().records();
        }
        assertThat(records + world.writer.state().uncutRecords())
                .isEqualTo(steps.stream().mapToLong(Step::records).sum());
    }

    /** A writer on a disk in memory, a cutter, and two clocks. */
    private static final class World {
        private final SimulatedStore store = new SimulatedStore(new SimulatedDisk(new Random(1)));
        private final Syncer syncer;
        private final JournalWriter writer;
        private final Duration interval;
        private final int recordsMax;
        private Cutter cutter;
        private final List<Batch> batches = new ArrayList<>();
        private long nowNanos = 1;
        private long wallMillis = Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();
        private long clockMillis = wallMillis;
        private long untilDueNanos;
        private long openedMillis;
        private long openedWallMillis;
        private boolean missedItsTime;
        private long sent;

        World(long intervalMillis, int recordsMax) throws IOException {
            store.prepare();
            Positions positions = new Positions(0, 0, 0);
            syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
            writer = new JournalWriter(
                    store,
                    new JournalView(new SegmentTable(store), 1),
                    new JournalState(),
                    positions,
                    1,
                    LIMITS,
                    syncer::submit,
                    (stream, position) -> false);
            interval = Duration.ofMillis(intervalMillis);
            this.recordsMax = recordsMax;
            cutter = newCutter();
        }

        private Cutter newCutter() {
            return new Cutter(interval, recordsMax, () -> Instant.ofEpochMilli(wallMillis));
        }

        /** What is uncut is cut at once, in the window in which it came. */
        private void restart() throws IOException {
            cutter = newCutter();
            cutter.recovered(writer.state(), nowNanos);
            if (cutter.isOpen()) {
                untilDueNanos = cutter.wakeAtNanos() - nowNanos;
                openedWallMillis = writer.state().uncutArrivalMillis();
                cut();
            }
        }

        void run(List<Step> steps) throws IOException {
            for (Step step : steps) {
                pass(step.elapsedMillis());
                wallMillis += step.jumpMillis();
                clockMillis = Math.max(clockMillis, wallMillis);
                if (step.restarts()) {
                    restart();
                }
                if (step.records() > 0) {
                    append(step.records());
                }
            }
        }

        /** Lets time pass, and cuts when it is time to. */
        private void pass(long millis) throws IOException {
            syncer.work(nowNanos);
            long endNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(millis);
            if (cutter.isOpen() && cutter.wakeAtNanos() <= endNanos) {
                tick(Math.max(0, cutter.wakeAtNanos() - nowNanos));
                missedItsTime |= !cutter.due(writer.state(), nowNanos);
                cut();
            }
            tick(endNanos - nowNanos);
        }

        /** Both clocks go at the same pace; all times are whole milliseconds. */
        private void tick(long nanos) {
            nowNanos += nanos;
            wallMillis += TimeUnit.NANOSECONDS.toMillis(nanos);
            clockMillis += TimeUnit.NANOSECONDS.toMillis(nanos);
        }

        private void append(int records) throws IOException {
            store.prepare();
            writer.append(List.of(new Block(
                    new StreamId("lines", "s", true),
                    sent,
                    records,
                    wallMillis,
                    Unpooled.directBuffer().writeBytes(new byte[records]),
                    block -> {})));
            sent += records;
            boolean opens = !cutter.isOpen();
            cutter.appended(writer.state(), nowNanos);
            if (opens) {
                untilDueNanos = cutter.wakeAtNanos() - nowNanos;
                openedMillis = clockMillis;
                openedWallMillis = wallMillis;
            }
            if (cutter.due(writer.state(), nowNanos)) {
                cut();
            }
        }

        private void cut() throws IOException {
            store.prepare();
            Cut cut = cutter.cut(writer.state(), new Shape("test", "record", "record", 1, List.of()));
            writer.append(cut);
            batches.add(new Batch(cut, untilDueNanos, openedMillis, openedWallMillis));
        }
    }
}
