package io.decant.ingest.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Memory;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.journal.Syncer;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However many are at a batch, it is in memory once, and no longer than they are. */
class SharedBatchesTest {

    private static final int BATCHES = 3;
    private static final int JOURNAL_ID = 7;

    @TempDir
    Path dataDir;

    private ChronicleSegmentStore store;
    private Positions positions;
    private SharedBatches shared;
    /** Where each batch begins. */
    private final List<Long> starts = new ArrayList<>();

    /** Batch n, from 0, has n + 1 records. */
    @BeforeEach
    void fill() throws IOException {
        store = new ChronicleSegmentStore(dataDir, ChronicleSegmentStore.SEGMENT_BYTES_MIN);
        store.prepare();
        SegmentTable segments = new SegmentTable(store);
        JournalState state = new JournalState();
        positions = new Positions(0, 0, 0);
        Syncer syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
        JournalWriter writer = new JournalWriter(
                store,
                new JournalView(segments, JOURNAL_ID),
                state,
                positions,
                1,
                GroupLimits.measured(1 << 20),
                syncer::submit,
                (stream, position) -> false);
        for (int batch = 0; batch < BATCHES; batch++) {
            starts.add(state.cutEnd());
            for (int record = 0; record <= batch; record++) {
                writer.append(List.of(new Block(
                        new StreamId("logs", "c", false),
                        record,
                        1,
                        0,
                        Unpooled.directBuffer().writeBytes(("r" + record + "\n").getBytes(UTF_8)),
                        synced -> {})));
            }
            Shape shape = new Shape("test", "record", "record", 1, List.of());
            writer.append(new Cut(batch + 1, 0, 1, state.cutEnd(), state.uncutRecords(), state.uncutBytes(), shape));
        }
        while (syncer.work(0)) {
            positions.check();
        }
        shared = new SharedBatches(
                Loaders.of(new JournalView(segments, JOURNAL_ID), new BucketAssigner(1, Runnable::run)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private BatchPlace place(int batch) {
        return new BatchPlace(batch + 1, starts.get(batch));
    }

    private SharedBatches.Lease open(int batch) {
        return shared.open(place(batch), positions.cut());
    }

    @Test
    void shouldHoldABatchOnceForAllThatAreAtIt() {
        long allocated = Memory.allocatedBytes();
        SharedBatches.Lease first = open(1);
        long one = Memory.allocatedBytes();
        SharedBatches.Lease second = open(1);
        assertThat(second.batch()).isSameAs(first.batch());
        assertThat(second.end()).isEqualTo(first.end()).isEqualTo(starts.get(2));
        assertThat(Memory.allocatedBytes()).isEqualTo(one).isGreaterThan(allocated);
        first.close();
        first.close();
        assertThat(second.batch().buckets().records()).isEqualTo(2);
        assertThat(shared.size()).isEqualTo(1);
        second.close();
        assertThat(shared.size()).isZero();
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    @Test
    void shouldHoldAsManyAsDifferentOnesAreBeingDelivered() {
        try (SharedBatches.Lease slow = open(0);
                SharedBatches.Lease fast = open(2);
                SharedBatches.Lease other = open(2)) {
            assertThat(shared.size()).isEqualTo(2);
            assertThat(slow.batch().cut().batch()).isEqualTo(1);
            assertThat(other.batch()).isSameAs(fast.batch());
        }
        assertThat(shared.size()).isZero();
    }

    @Test
    void shouldHoldNothingThatCouldNotBeLoaded() {
        long allocated = Memory.allocatedBytes();
        assertThatThrownBy(() -> shared.open(place(2), starts.get(2) + 1)).isInstanceOf(JournalException.class);
        assertThat(shared.size()).isZero();
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    @Test
    void shouldRefuseAPlaceAtWhichAnotherBatchIs() {
        assertThatIllegalStateException()
                .isThrownBy(() -> shared.open(new BatchPlace(2, starts.get(2)), positions.cut()))
                .withMessageContaining("batch 3 is at " + starts.get(2) + ", where batch 2 should be");
        assertThat(shared.size()).isZero();
    }

    @Test
    void shouldStayRightWhoeverOpensAndClosesAtTheSameTime() throws Exception {
        long allocated = Memory.allocatedBytes();
        ExecutorService sinks = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int sink = 0; sink < 4; sink++) {
                Random random = new Random(sink);
                all.add(sinks.submit(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        int batch = random.nextInt(BATCHES);
                        try (SharedBatches.Lease lease = open(batch)) {
                            assertThat(lease.batch().buckets().records()).isEqualTo(batch + 1);
                        }
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            sinks.shutdown();
        }
        assertThat(shared.size()).isZero();
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }
}
