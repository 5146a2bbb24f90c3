package io.decant.loadtest.jmh;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.journal.Syncer;
import io.decant.loadtest.Folders;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Appending blocks of 1 MiB to a journal, into a segment that is prepared, with and without the force; in records. The
 * force comes after each block, in turn: the server does the two at the same time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JournalAppendBenchmark {

    private static final int BLOCKS = 200;
    private static final long SEGMENT_BYTES = 256L << 20;
    private static final int BLOCK_BYTES_MAX = 1 << 20;
    private static final int JOURNAL_ID = 1;
    private static final StreamId STREAM = new StreamId("load", "jmh", false);

    private final ByteBuf payload = JmhRecords.block();
    private Path folder;
    private ChronicleSegmentStore store;
    private Syncer syncer;
    private JournalWriter writer;
    private long records;

    @Setup(Level.Invocation)
    public void open() throws IOException {
        folder = Files.createTempDirectory(Path.of(System.getProperty(Benchmarks.FOLDER)), "journal");
        store = new ChronicleSegmentStore(folder, SEGMENT_BYTES);
        JournalRecovery.Recovered recovered = new JournalRecovery(store, JOURNAL_ID).recover();
        Positions positions = new Positions(recovered.end(), 0, recovered.end());
        syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
        store.prepare();
        writer = new JournalWriter(
                store,
                new JournalView(new SegmentTable(store), JOURNAL_ID),
                recovered.state(),
                positions,
                recovered.nextSegment(),
                GroupLimits.measured(BLOCK_BYTES_MAX),
                syncer::submit,
                (stream, position) -> false);
        sync();
        records = 0;
    }

    @TearDown(Level.Invocation)
    public void close() throws IOException {
        sync();
        store.close();
        Folders.delete(folder);
    }

    @Benchmark
    @OperationsPerInvocation(BLOCKS * JmhRecords.BLOCK_RECORDS)
    public void append() {
        for (int i = 0; i < BLOCKS; i++) {
            appendOne();
        }
    }

    @Benchmark
    @OperationsPerInvocation(BLOCKS * JmhRecords.BLOCK_RECORDS)
    public void appendAndForce() {
        for (int i = 0; i < BLOCKS; i++) {
            appendOne();
            sync();
        }
    }

    private void appendOne() {
        writer.append(List.of(
                new Block(STREAM, records, JmhRecords.BLOCK_RECORDS, 0, payload.retainedDuplicate(), synced -> {})));
        records += JmhRecords.BLOCK_RECORDS;
    }

    private void sync() {
        boolean more;
        do {
            more = syncer.work(System.nanoTime());
        } while (more);
    }
}
