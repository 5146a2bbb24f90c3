package io.decant.ingest.journal;

import static io.decant.ingest.journal.JournalOnDisk.block;
import static io.decant.ingest.journal.JournalOnDisk.records;
import static io.decant.ingest.journal.JournalOnDisk.segmentFiles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is behind {@code journal.cached-backlog}: it goes past the page cache, and comes back whole. */
class CachedBacklogTest {

    private static final GroupLimits LIMITS = GroupLimits.measured(JournalOnDisk.BLOCK_BYTES_MAX);
    /** So long that it fills pages that are no entry's end. */
    private static final int LONG_BYTES = 100_000;

    private static final int PAGE_BYTES = ChronicleSegmentWriter.PAGE_BYTES;

    @TempDir
    Path dataDir;

    @BeforeEach
    void requireAWayPastThePageCache() throws IOException {
        assumeFalse(Files.getFileStore(dataDir).type().equals("tmpfs"), dataDir + " is page cache and nothing else");
        Path file = Files.createFile(dataDir.resolve("asked"));
        try (FileChannel channel = new DirectWriter().open(file)) {
            assumeTrue(channel != null, "the file system under " + dataDir + " has no way past the page cache");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldReadBackWhatWentPastThePageCache(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> all = new ArrayList<>();
        int entries = 0;
        int past = 0;
        try (JournalOnDisk journal = new JournalOnDisk(dataDir, false, LIMITS.caching(0))) {
            long from = 0;
            int readTo = 0;
            for (; journal.segments.size() < 4; entries++) {
                // Now long, now short.
                int bytes = random.nextBoolean() ? 1 << random.nextInt(21) : random.nextInt(300_000);
                List<String> more = List.of("x".repeat(bytes), "y" + entries);
                int segments = journal.segments.size();
                long at = journal.positions.appended();
                journal.append(block("s", all.size(), more));
                all.addAll(more);
                if (bytes > LONG_BYTES && journal.segments.size() == segments) {
                    assertThat(pagesInMemory(journal, at)).isEqualTo(Pages.NONE);
                    past++;
                }
                if (random.nextInt(4) == 0) {
                    journal.sync();
                }
                if (random.nextInt(6) == 0) {
                    journal.cut();
                    journal.sync();
                    assertThat(journal.readBatch(from)).isEqualTo(all.subList(readTo, all.size()));
                    from = journal.state.cutEnd();
                    readTo = all.size();
                }
            }
            journal.append(block("s", all.size(), List.of("last")));
            all.add("last");
            entries++;
            journal.sync();
        }
        assertThat(past).isPositive();
        assertThat(JournalOnDisk.blocksThatChronicleReads(dataDir)).isEqualTo(entries);
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            long from = journal.state.cutEnd();
            assertThat(all).hasSize((int) journal.state
                    .streams()
                    .get(new StreamId("lines", "s", true))
                    .next());
            journal.cut();
            journal.sync();
            List<String> open = journal.readBatch(from);
            assertThat(open).isEqualTo(all.subList(all.size() - open.size(), all.size()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 8, 2048, 4088, 4092})
    void shouldReadBackEntriesThatEndAtAnyPlaceOfAPage(int place) throws IOException {
        List<String> all = new ArrayList<>();
        try (JournalOnDisk journal = new JournalOnDisk(dataDir, false, LIMITS.caching(0))) {
            int header = headerBytes(journal, all);
            // Some are longer than what is written at once.
            int round = 0;
            for (int bytes : List.of(100_000, 2_300_000, 70_000, 100_000, 2_000_000, 100_000)) {
                long from = journal.positions.appended();
                long past = Math.floorMod(place - (from + header + bytes), (long) PAGE_BYTES);
                List<String> record = List.of("x".repeat(bytes + (int) past));
                journal.append(block("s", round + 1, record));
                all.addAll(record);
                assertThat(journal.positions.appended() % PAGE_BYTES).isEqualTo(place);
                assertThat(pagesInMemory(journal, from)).isEqualTo(Pages.NONE);
                List<String> more = List.of("a", "b".repeat(90_000));
                journal.append(block("t", round, more.subList(0, 1)), block("u", round, more.subList(1, 2)));
                all.addAll(more);
                round++;
            }
            journal.cut();
            journal.sync();
            assertThat(segmentFiles(dataDir)).hasSize(1);
            assertThat(journal.readBatch(0)).isEqualTo(all);
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            assertThat(journal.readBatch(0)).isEqualTo(all);
        }
    }

    /** What an entry of one block with one record takes beside the record, the first being appended to see. */
    private static int headerBytes(JournalOnDisk journal, List<String> all) throws IOException {
        long before = journal.positions.appended();
        String record = "y".repeat(100_000);
        journal.append(block("s", 0, List.of(record)));
        all.add(record);
        return (int) (journal.positions.appended() - before) - record.length();
    }

    @Test
    void shouldKeepInMemoryWhatSinksAreAboutToRead() throws IOException {
        try (JournalOnDisk journal = new JournalOnDisk(dataDir, false, LIMITS.caching(2 << 20))) {
            assertThat(pagesOfMore(journal, 0)).as("the first, behind nothing").isEqualTo(Pages.ALL);
            assertThat(pagesOfMore(journal, 1)).as("behind 1 MiB").isEqualTo(Pages.ALL);
            assertThat(pagesOfMore(journal, 2)).as("behind 2 MiB").isEqualTo(Pages.NONE);
            assertThat(pagesOfMore(journal, 3)).as("behind 3 MiB").isEqualTo(Pages.NONE);
            journal.cut();
            journal.writer.append(new Mark("api", 1, journal.state.cutEnd(), 0, 0));
            journal.sync();
            assertThat(pagesOfMore(journal, 4)).as("all is delivered").isEqualTo(Pages.ALL);
            assertThat(segmentFiles(dataDir)).hasSize(1);
        }
    }

    @Test
    void shouldKeepInMemoryWhatTheQuickestSinkIsAboutToRead() throws IOException {
        try (JournalOnDisk journal = new JournalOnDisk(dataDir, false, LIMITS.caching(1 << 20))) {
            journal.writer.append(new Mark("away", 0, 0, 0, 0));
            journal.writer.append(new Mark("api", 0, 0, 0, 0));
            assertThat(pagesOfMore(journal, 0)).isEqualTo(Pages.ALL);
            assertThat(pagesOfMore(journal, 1)).as("behind for both").isEqualTo(Pages.NONE);
            journal.cut();
            journal.writer.append(new Mark("api", 1, journal.state.cutEnd(), 0, 0));
            journal.sync();
            assertThat(pagesOfMore(journal, 2)).as("behind for one").isEqualTo(Pages.ALL);
            assertThat(segmentFiles(dataDir)).hasSize(1);
        }
    }

    private enum Pages {
        ALL,
        SOME,
        NONE
    }

    /** Appends an entry of more than a mebibyte; says which of the pages that it fills are in the page cache then. */
    private Pages pagesOfMore(JournalOnDisk journal, long first) throws IOException {
        long from = journal.positions.appended();
        journal.append(block("s", first, records(new Random(first), 1, 0)), big(first));
        journal.sync();
        return pagesInMemory(journal, from);
    }

    /** Which pages of the newest segment are in the page cache that lie within what was appended from here on. */
    private Pages pagesInMemory(JournalOnDisk journal, long from) throws IOException {
        List<Path> files = segmentFiles(dataDir);
        int pages = 0;
        int inMemory = 0;
        try (SegmentTable.Segment segment = journal.segments.pin(from);
                FileChannel file = FileChannel.open(files.get(files.size() - 1))) {
            long begin = (from - segment.base()) / PAGE_BYTES + 2;
            long end = (journal.positions.appended() - segment.base()) / PAGE_BYTES - 1;
            for (long page = begin; page < end; page++) {
                pages++;
                inMemory += file.map(MapMode.READ_ONLY, page * PAGE_BYTES, PAGE_BYTES)
                                .isLoaded()
                        ? 1
                        : 0;
            }
        }
        assertThat(pages).isPositive();
        return inMemory == 0 ? Pages.NONE : inMemory == pages ? Pages.ALL : Pages.SOME;
    }

    private static Block big(long first) {
        return block("t", first, List.of("z".repeat((1 << 20) + 17)));
    }
}
