package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.journal.SmallJournal.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged journals on disk: what verify says of them, and what repair makes of them. */
@Timeout(120)
class JournalRepairTest {

    private static final long SEGMENT_BYTES = ChronicleSegmentStore.SEGMENT_BYTES_MIN;

    @TempDir
    Path folder;

    private Path original;
    private Path dataDir;
    private List<Entry> entries;
    private List<String> undelivered;
    private JournalReport whole;
    private int copies;

    @BeforeEach
    void write() throws IOException {
        original = folder.resolve("original");
        write(original, 0);
        JournalImage image = JournalImage.open(original);
        Map<Long, ByteBuffer> segments = new TreeMap<>();
        image.segments().forEach(segment -> segments.put(segment.number(), segment.bytes()));
        entries = SmallJournal.entries(segments);
        whole = JournalAudit.of(original);
        assertThat(whole.isHealthy()).isTrue();
        assertThat(whole.segments()).hasSize(4);
        undelivered = SmallJournal.records(image, whole.delivered());
        dataDir = fresh();
    }

    private static void write(Path dataDir, int seed) throws IOException {
        Files.createDirectories(dataDir);
        DataDirectory.writeId(dataDir, SmallJournal.JOURNAL_ID);
        Random random = new Random(seed);
        for (int run = 0; run < 4; run++) {
            try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, SEGMENT_BYTES)) {
                SmallJournal.run(store, random, run == 0 ? 9 : 5, 40);
            }
        }
    }

    /** A copy of the journal, to be damaged. */
    private Path fresh() throws IOException {
        Path copy = folder.resolve("copy-" + copies++);
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(original.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                    cutZerosOff(target);
                }
            }
        }
        return copy;
    }

    /** Eight megabytes of zeros behind each segment would only take time. */
    private static void cutZerosOff(Path file) throws IOException {
        if (Files.size(file) > SEGMENT_BYTES / 8) {
            byte[] bytes = Files.readAllBytes(file);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] == 0) {
                end--;
            }
            Files.write(file, Arrays.copyOf(bytes, (end + 64) & ~3));
        }
    }

    private Path segment(long number) {
        try {
            return new SegmentFiles(dataDir)
                    .files().stream()
                            .filter(file -> JournalImage.number(file) == number)
                            .findFirst()
                            .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Entry nth(EntryKind kind, int skip) {
        return entries.stream()
                .filter(entry -> entry.kind() == kind && entry.position() >= whole.delivered())
                .skip(skip)
                .findFirst()
                .orElseThrow();
    }

    private void damage(Entry entry) {
        overwrite(segment(entry.segment()), entry.offset() + 40, new byte[] {'?', '?', '?'});
    }

    private static void overwrite(Path file, long at, byte[] bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Repairs, and checks what holds after every repair. */
    private JournalRepair.Result repair() throws IOException {
        JournalReport verified = JournalAudit.of(dataDir);
        JournalRepair.Result result = JournalRepair.repair(dataDir, SEGMENT_BYTES, new Random(9));
        assertThat(result.before().damages()).isEqualTo(verified.damages());

        JournalReport after = JournalAudit.of(dataDir);
        assertThat(after.isHealthy()).as(after.damages() + after.refusal()).isTrue();
        assertThat(after.id()).isEqualTo(result.id());
        List<String> kept = SmallJournal.records(JournalImage.open(dataDir), after.delivered());
        assertSubsequence(kept, undelivered);
        long lost = (long) undelivered.size() - kept.size();
        if (verified.isHealthy()) {
            // At most a tail that nothing says was acknowledged: what a start cuts off as well.
            assertThat(kept).isEqualTo(undelivered.subList(0, kept.size()));
            assertThat(result.id()).isEqualTo(whole.id());
            start();
            return result;
        }
        if (verified.lostIsLeast()) {
            assertThat(lost).isGreaterThanOrEqualTo(verified.lostRecords());
        } else {
            assertThat(lost).isEqualTo(verified.lostRecords());
        }
        if (verified.isLossy()) {
            assertThat(result.id()).isNotEqualTo(whole.id());
        } else {
            assertThat(kept).isEqualTo(undelivered);
            assertThat(result.id()).isEqualTo(whole.id());
            assertThat(content(after)).isEqualTo(content(whole));
        }
        start();
        assertThat(JournalRepair.repair(dataDir, SEGMENT_BYTES, new Random(10)).done())
                .isEmpty();
        return result;
    }

    /** The undelivered batches: what their idempotency keys and bodies come from. */
    private static List<String> content(JournalReport report) {
        return report.batches().stream()
                .filter(batch -> batch.end() > report.delivered())
                .map(batch -> batch.number() + ": " + batch.records() + " records, " + batch.bytes() + " bytes, "
                        + batch.windowStartMillis())
                .toList();
    }

    private static void assertSubsequence(List<String> part, List<String> all) {
        Iterator<String> rest = all.iterator();
        for (String record : part) {
            boolean found = false;
            while (!found && rest.hasNext()) {
                found = rest.next().equals(record);
            }
            assertThat(found).as(record).isTrue();
        }
    }

    /** What {@code decant run} does first. */
    private void start() throws IOException {
        try (DataDirectory held = DataDirectory.open(dataDir, new Random(1));
                ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, SEGMENT_BYTES)) {
            new JournalRecovery(store, held.journalId()).recover();
        }
    }

    private void assertRefusesToStart(String... saying) {
        JournalReport report = JournalAudit.of(dataDir);
        assertThat(report.isHealthy()).isFalse();
        assertThatThrownBy(this::start)
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll(saying)
                .hasMessageContaining("decant journal repair");
        assertThat(report.refusal()).isNotEmpty();
    }

    @Test
    void shouldDoNothingToAHealthyJournal() throws IOException {
        assertThat(repair().done()).isEmpty();
    }

    @Test
    void shouldKeepWhatIsGoodBehindDamagedRecordsUnderANewId() throws IOException {
        Entry damaged = nth(EntryKind.BLOCKS, 1);
        damage(damaged);
        assertRefusesToStart(segment(damaged.segment()).toString(), "offset " + damaged.offset());
        JournalRepair.Result result = repair();
        assertThat(result.before().lostRecords()).isPositive();
        assertThat(result.before().lostIsLeast()).isFalse();
        assertThat(result.before().lostBatches()).hasSize(1);
        assertThat(result.before().losses())
                .extracting(JournalReport.Loss::stream)
                .contains("a", "b");
        assertThat(JournalAudit.of(dataDir).streams()).isEqualTo(whole.streams());
        assertThat(dataDir.resolve("salvage/journal-" + whole.id())).isDirectory();
    }

    @Test
    void shouldKeepTheIdWhereNothingButAMarkIsDamaged() throws IOException {
        damage(nth(EntryKind.MARK, 0));
        assertThat(repair().id()).isEqualTo(whole.id());
    }

    @Test
    void shouldGiveRecordsWhoseCutIsDamagedToTheNextBatch() throws IOException {
        damage(nth(EntryKind.CUT, 0));
        JournalRepair.Result result = repair();
        assertThat(result.before().isLossy()).isTrue();
        assertThat(SmallJournal.records(
                        JournalImage.open(dataDir), JournalAudit.of(dataDir).delivered()))
                .isEqualTo(undelivered);
    }

    @Test
    void shouldRepairWhateverEntryIsDamaged() throws IOException {
        for (Entry entry : entries) {
            dataDir = fresh();
            damage(entry);
            repair();
        }
    }

    @Test
    void shouldRepairZeroedPagesAndTruncatedFiles() throws IOException {
        for (long number = 1; number <= 4; number++) {
            dataDir = fresh();
            Path file = segment(number);
            long length = Files.size(file);
            for (long at = 0; at < length; at += length / 3) {
                dataDir = fresh();
                overwrite(segment(number), at, new byte[4096]);
                repair();
                dataDir = fresh();
                try (FileChannel channel = FileChannel.open(segment(number), StandardOpenOption.WRITE)) {
                    channel.truncate(at);
                }
                repair();
            }
        }
    }

    @Test
    void shouldRestoreAMissingIdFromTheSegments() throws IOException {
        Files.delete(DataDirectory.idFile(dataDir));
        assertRefusesToStart("id is missing");
        assertThat(repair().id()).isEqualTo(whole.id());
    }

    @Test
    void shouldRestoreAnIdThatIsGarbageOrAnothers() throws IOException {
        for (String garbage : List.of("", "xyz", "0000cafe0", "00c\0afe\n", "cafe", "\u00ff\u00fe", "12345678\n")) {
            dataDir = fresh();
            Files.writeString(DataDirectory.idFile(dataDir), garbage);
            assertRefusesToStart("journal");
            assertThat(repair().id()).isEqualTo(whole.id());
        }
    }

    @Test
    void shouldSayWhichSegmentIsMissingAndGoOnWithoutIt() throws IOException {
        for (long number = 1; number <= 3; number++) {
            dataDir = fresh();
            Files.delete(segment(number));
            repair();
        }
    }

    @Test
    void shouldPutSwappedAndDoubledSegmentsInOrder() throws IOException {
        Path aside = folder.resolve("aside");
        Files.move(segment(2), aside);
        Path third = segment(3);
        Path second = third.resolveSibling(SegmentNames.fileName(2));
        Files.move(third, second);
        Files.move(aside, third);
        assertRefusesToStart("renamed or swapped");
        assertThat(repair().id()).isEqualTo(whole.id());

        dataDir = fresh();
        Path run = dataDir.resolve("journal/run-00000009");
        Files.createDirectories(run);
        Files.copy(segment(3), run.resolve(SegmentNames.fileName(3)));
        assertRefusesToStart("there twice");
        assertThat(repair().id()).isEqualTo(whole.id());

        dataDir = fresh();
        Files.createDirectories(dataDir.resolve("journal/run-00000009"));
        Files.copy(segment(2), dataDir.resolve("journal/run-00000009").resolve(SegmentNames.fileName(9)));
        assertRefusesToStart("renamed or swapped");
        assertThat(repair().id()).isEqualTo(whole.id());
    }

    @Test
    void shouldTakeAwayWhatIsNoSegmentOfThisJournal() throws IOException {
        Path run = segment(4).getParent();
        Files.createDirectory(run.resolve(SegmentNames.fileName(3)));
        assertRefusesToStart("not a file");
        assertThat(repair().id()).isEqualTo(whole.id());

        dataDir = fresh();
        Files.writeString(segment(4).resolveSibling("notes.cq4"), "not a segment's name");
        assertThat(JournalAudit.of(dataDir).isHealthy()).isFalse();
        assertThat(repair().id()).isEqualTo(whole.id());

        dataDir = fresh();
        Files.createFile(segment(4).resolveSibling(SegmentNames.fileName(5)));
        start();
        assertThat(JournalAudit.of(dataDir).isHealthy()).isTrue();
    }

    @Test
    void shouldGiveAJournalOfGarbageAnId() throws IOException {
        for (long number = 1; number <= 4; number++) {
            Path file = segment(number);
            byte[] garbage = new byte[Math.toIntExact(Files.size(file))];
            new Random(number).nextBytes(garbage);
            Files.write(file, garbage);
        }
        assertThat(repair().id()).isNotEqualTo(whole.id());
    }

    @Test
    void shouldRefuseSegmentsOfAnotherServerAndTakeThemAwayInARepair() throws IOException {
        Path other = folder.resolve("other");
        Files.createDirectories(other);
        try (DataDirectory held = DataDirectory.open(other, new Random(3));
                ChronicleSegmentStore store = new ChronicleSegmentStore(other, SEGMENT_BYTES)) {
            store.prepare();
            new JournalWriter(
                    store,
                    new SegmentTable(store),
                    new JournalState(),
                    new Positions(0, 0, 0),
                    held.journalId(),
                    1,
                    GroupLimits.measured(1 << 20),
                    ticket -> {},
                    (stream, position) -> false);
        }
        Path theirs = new SegmentFiles(other).files().get(0);
        Files.copy(theirs, segment(4).resolveSibling(SegmentNames.fileName(5)));
        assertRefusesToStart(SegmentNames.fileName(5), "journal/id");
        assertThat(repair().id()).isEqualTo(whole.id());
    }

    @Test
    void shouldNotTouchANewerFormat() throws IOException {
        Path file = segment(4);
        byte[] bytes = Files.readAllBytes(file);
        Entry first = entries.stream()
                .filter(entry -> entry.segment() == 4)
                .findFirst()
                .orElseThrow();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        int content = first.offset() + Integer.BYTES;
        buffer.put(content + 3, (byte) (EntryCodec.FORMAT + 1));
        EntryCodec.seal(
                new ByteBuffer[] {
                    buffer.slice(content, buffer.getInt(first.offset())).order(buffer.order())
                },
                1);
        Files.write(file, bytes);
        assertThatThrownBy(this::start).hasMessageContaining("newer version").hasMessageContaining(file.toString());
        assertThatThrownBy(() -> JournalRepair.repair(dataDir, SEGMENT_BYTES, new Random(9)))
                .hasMessageContaining("newer version");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void shouldEndARepairThatWasInterrupted() throws IOException {
        damage(nth(EntryKind.BLOCKS, 1));
        repair();
        Path repaired = dataDir.resolve(DataDirectory.REPAIRED);
        Files.createDirectories(repaired);
        Files.move(dataDir.resolve("journal"), repaired.resolve("journal"));
        assertThatThrownBy(this::start).hasMessageContaining("was being repaired");
        assertThat(JournalRepair.repair(dataDir, SEGMENT_BYTES, new Random(9)).done())
                .hasSize(1);
        start();
    }

    @Test
    void shouldNotRepairUnderARunningServerButVerify() throws IOException {
        try (DataDirectory held = DataDirectory.open(dataDir, new Random(1))) {
            assertThat(JournalAudit.of(dataDir).isHealthy()).isTrue();
            assertThatThrownBy(() -> JournalRepair.repair(held.path(), SEGMENT_BYTES, new Random(9)))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("in use by another server");
        }
    }

    @Test
    void shouldChangeNothingByLooking() throws IOException {
        damage(nth(EntryKind.BLOCKS, 1));
        List<String> before = listing();
        JournalAudit.of(dataDir);
        assertThat(listing()).isEqualTo(before);
    }

    private List<String> listing() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(dataDir)) {
            for (Path file : files.sorted().toList()) {
                found.add(file + " " + Files.getLastModifiedTime(file)
                        + (Files.isRegularFile(file) ? " " + Arrays.hashCode(Files.readAllBytes(file)) : ""));
            }
        }
        return found;
    }
}
