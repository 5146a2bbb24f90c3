package io.decant.ingest.journal;

import static io.decant.ingest.journal.JournalOnDisk.block;
import static io.decant.ingest.journal.JournalOnDisk.records;
import static io.decant.ingest.journal.JournalOnDisk.segmentFiles;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal over real Chronicle files on a real disk. */
class ChronicleJournalTest {

    @TempDir
    Path dataDir;

    @Test
    void shouldReadBackWhatWasAppendedOverManySegmentsAndRestarts() throws IOException {
        List<Block> synced = new ArrayList<>();
        Random random = new Random(7);
        List<String> all = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
                assertThat(journal.state.uncutRecords()).isEqualTo(all.size());
                for (int i = 0; i < 30; i++) {
                    int length = i % 7 == 0 ? 900_000 : 3_000;
                    List<String> records = records(random, length > 100_000 ? 3 : 40, length);
                    journal.append(block("s", all.size(), records, synced::add));
                    all.addAll(records);
                }
                journal.sync();
                assertThat(journal.positions.synced()).isEqualTo(journal.positions.appended());
            }
        }
        assertThat(synced.stream().mapToInt(Block::records).sum()).isEqualTo(all.size());
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            assertThat(journal.segments.size()).isGreaterThan(4);
            assertThat(journal.state.streams().values())
                    .containsExactly(new JournalState.StreamPosition(all.size(), 1_000, ResumePoint.NONE));
            journal.cut();
            journal.sync();
            assertThat(journal.readBatch(0)).isEqualTo(all);
        }
    }

    @Test
    void shouldStayAnOrdinaryChronicleQueue() throws IOException {
        Random random = new Random(8);
        int blocks = 0;
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            for (int i = 0; i < 40; i++) {
                journal.append(block("s", i * 5L, records(random, 5, 200_000)));
                blocks++;
            }
            journal.sync();
        }
        assertThat(JournalOnDisk.blocksThatChronicleReads(dataDir)).isEqualTo(blocks);
        try (Stream<Path> files = Files.list(dataDir.resolve("journal/run-00000001"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".cq4")).count())
                    .isGreaterThan(1);
        }
    }

    /** So many that Chronicle puts a further page of its index between two of them, where zeros are written ahead. */
    @Test
    void shouldReadBackMoreShortEntriesThanAPageOfChroniclesIndexHas() throws IOException {
        int entries = 70_000;
        Random random = new Random(9);
        List<String> all = new ArrayList<>();
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            for (int i = 0; i < entries; i++) {
                List<String> record = records(random, 1, i % 9_000 == 0 ? 20_000 : 12);
                journal.append(block("s", i, record));
                all.addAll(record);
                if (i % 500 == 0) {
                    journal.sync();
                }
            }
            journal.sync();
        }
        assertThat(segmentFiles(dataDir)).hasSize(1);
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.cut();
            journal.sync();
            assertThat(journal.readBatch(0)).isEqualTo(all);
        }
        try (ChronicleQueue queue = JournalOnDisk.firstRun(dataDir);
                ExcerptTailer tailer = queue.createTailer()) {
            long first = queue.firstIndex();
            for (long excerpt = entries - 1L; excerpt > 0; excerpt -= 4_999) {
                assertThat(tailer.moveToIndex(first + excerpt)).isTrue();
                try (DocumentContext document = tailer.readingDocument()) {
                    assertThat(document.index()).isEqualTo(first + excerpt);
                    byte kind = document.wire()
                            .bytes()
                            .readByte(document.wire().bytes().readPosition() + 28);
                    assertThat(kind).isEqualTo(EntryKind.BLOCKS.code());
                }
            }
        }
    }

    @Test
    void shouldKeepNothingOfStartsInWhichNothingCame() throws IOException {
        for (int start = 0; start < 5; start++) {
            try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
                journal.sync();
                for (SegmentTable.Segment passed : journal.segments.removeBefore(journal.positions.delivered())) {
                    journal.store.delete(passed.number());
                }
                assertThat(segmentFiles(dataDir)).hasSize(1);
            }
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.sync();
            long from = journal.state.cutEnd();
            journal.append(block("s", 0, List.of("a", "b")));
            journal.cut();
            journal.sync();
            assertThat(journal.readBatch(from)).containsExactly("a", "b");
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            assertThat(journal.state.lastBatch()).isEqualTo(1);
            assertThat(journal.state.delivered()).isEqualTo(journal.state.cutEnd());
        }
    }

    @Test
    void shouldKeepNothingOfIdleStartsWhileSomethingIsUndelivered() throws IOException {
        long from;
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.writer.append(new Mark("api", 0, 0, 0, 0));
            from = journal.positions.appended();
            journal.append(block("s", 0, List.of("a", "b")));
            journal.cut();
            journal.sync();
        }
        for (int start = 0; start < 5; start++) {
            try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
                journal.sync();
                assertThat(segmentFiles(dataDir)).hasSize(2);
                assertThat(runs()).hasSize(2);
            }
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.append(block("s", 2, List.of("c")));
            journal.sync();
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            assertThat(segmentFiles(dataDir)).hasSize(3);
            assertThat(journal.state.uncutRecords()).isEqualTo(1);
            assertThat(journal.readBatch(from)).containsExactly("a", "b");
        }
    }

    private List<Path> runs() throws IOException {
        try (Stream<Path> runs = Files.list(dataDir.resolve("journal"))) {
            return runs.filter(Files::isDirectory).toList();
        }
    }
}
