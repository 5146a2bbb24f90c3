package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;

/** A small journal on disk, for tests that know the journal by its commands alone. */
public final class JournalTestData {

    private JournalTestData() {}

    /** Writes a journal of two runs under {@code dataDir}. */
    public static void write(Path dataDir, long segmentSize) throws IOException {
        Files.createDirectories(dataDir);
        DataDirectory.writeId(dataDir, SmallJournal.JOURNAL_ID);
        Random random = new Random(2);
        for (int run = 0; run < 2; run++) {
            try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, segmentSize)) {
                SmallJournal.run(store, random, 5, 40);
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
