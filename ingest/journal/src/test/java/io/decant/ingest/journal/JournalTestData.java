package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A small journal on disk, for tests that know the journal by its commands alone. */
public final class JournalTestData {

    private JournalTestData() {}

    /** Writes a journal of two runs under {@code dataDir}. */
    public static void write(Path dataDir, long segmentSize) throws IOException {
        Files.createDirectories(dataDir);
        JournalId.write(dataDir, SmallJournal.JOURNAL_ID);
        Random random = new Random(2);
        for (int run = 0; run < 2; run++) {
            try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, segmentSize)) {
                SmallJournal.run(store, random, 5, 40);
            }
        }
    }

    /** The same with all that only format 2 can say, and a note that servers have served so long. */
    public static void writeFormat2(Path dataDir, long segmentSize, long servedMillis) throws IOException {
        Files.createDirectories(dataDir);
        JournalId.write(dataDir, SmallJournal.JOURNAL_ID);
        try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, segmentSize)) {
            SmallJournal.runFormat2(store, new Random(2), 6, 40, batch -> batch * 1000);
        }
        try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, segmentSize)) {
            JournalRecovery.Recovered recovered = new JournalRecovery(store, SmallJournal.JOURNAL_ID).recover();
            JournalState state = recovered.state();
            SegmentTable segments = new SegmentTable(store);
            segments.addAll(recovered.bases());
            Positions positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
            Syncer syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
            store.prepare();
            JournalWriter writer = new JournalWriter(
                    store,
                    new JournalView(segments, SmallJournal.JOURNAL_ID),
                    state,
                    positions,
                    recovered.nextSegment(),
                    GroupLimits.measured(1 << 20),
                    syncer::submit,
                    new CheckpointRules() {
                        @Override
                        public boolean isForgotten(StreamId stream, JournalState.StreamPosition position) {
                            return false;
                        }

                        @Override
                        public long servedMillis() {
                            return servedMillis;
                        }
                    });
            writer.noteServed();
            while (syncer.work(0)) {
                positions.check();
            }
        }
    }

    /** Damages records that some sink has not had and that were acknowledged. */
    public static void damageUndelivered(Path dataDir) throws IOException {
        JournalImage.Segment segment = JournalImage.open(dataDir).segments().get(0);
        SmallJournal.Entry blocks = SmallJournal.entries(Map.of(segment.number(), segment.bytes())).stream()
                .filter(entry -> entry.kind() == EntryKind.BLOCKS)
                .skip(1)
                .findFirst()
                .orElseThrow();
        try (FileChannel channel = FileChannel.open(segment.file(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {'?', '?'}), blocks.offset() + 50L);
        }
    }
}
