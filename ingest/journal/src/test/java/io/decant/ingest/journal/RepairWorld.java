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
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A journal on disk that can be damaged and repaired as often as a test likes, each time from whole. */
final class RepairWorld {

    static final long SEGMENT_BYTES = ChronicleSegmentStore.SEGMENT_BYTES_MIN;

    private final Path folder;
    private final Path original;
    final List<Entry> entries;
    /** What the sinks have not had of it. */
    final List<String> undelivered;
    /** What there was to say of it before it was damaged. */
    final JournalReport whole;

    Path dataDir;
    /** What was said of the damaged journal by the last repair. */
    JournalReport lastAudit;

    private int copies;

    RepairWorld(Path folder) throws IOException {
        this(folder, false);
    }

    /** @param format2 whether it holds all that only format 2 can say */
    RepairWorld(Path folder, boolean format2) throws IOException {
        this.folder = folder;
        original = folder.resolve("original");
        write(original, format2);
        JournalImage image = JournalImage.open(original);
        Map<Long, ByteBuffer> segments = new TreeMap<>();
        image.segments().forEach(segment -> segments.put(segment.number(), segment.bytes()));
        entries = SmallJournal.entries(segments);
        whole = JournalAudit.of(original);
        assertThat(whole.isHealthy()).isTrue();
        assertThat(whole.segments()).hasSize(4);
        undelivered = SmallJournal.records(image, whole.delivered());
        beginAnew();
    }

    /** Has a whole journal once more, to be damaged in another way. */
    void beginAnew() throws IOException {
        dataDir = fresh();
    }

    private static void write(Path dataDir, boolean format2) throws IOException {
        Files.createDirectories(dataDir);
        JournalId.write(dataDir, SmallJournal.JOURNAL_ID);
        Random random = new Random(0);
        for (int run = 0; run < 4; run++) {
            try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, SEGMENT_BYTES)) {
                int steps = run == 0 ? 9 : 5;
                if (format2) {
                    SmallJournal.runFormat2(store, random, steps, 40, RepairWorld::windowStart);
                } else {
                    SmallJournal.run(store, random, steps, 40);
                }
            }
        }
    }

    /** The clock of every third batch is wrong by years, which only format 2 can say. */
    private static long windowStart(long batch) {
        return batch * 1000 + (batch % 3 == 1 ? Duration.ofDays(20 * 365).toMillis() : 0);
    }

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

    Path segment(long number) {
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

    Entry nth(EntryKind kind, int skip) {
        return entries.stream()
                .filter(entry -> entry.kind() == kind && entry.position() >= whole.delivered())
                .skip(skip)
                .findFirst()
                .orElseThrow();
    }

    void damage(Entry entry) {
        overwrite(segment(entry.segment()), entry.offset() + 40, new byte[] {'?', '?', '?'});
    }

    static void overwrite(Path file, long at, byte[] bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Repairs, and checks what holds after every repair. */
    JournalRepair.Result repair() throws IOException {
        JournalReport verified = JournalAudit.of(dataDir);
        lastAudit = verified;
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
    static List<String> content(JournalReport report) {
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
    void start() throws IOException {
        int id = JournalId.of(dataDir, new Random(1));
        try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, SEGMENT_BYTES)) {
            new JournalRecovery(store, id).recover();
        }
    }

    void assertRefusesToStart(String... saying) {
        JournalReport report = JournalAudit.of(dataDir);
        assertThat(report.isHealthy()).isFalse();
        assertThatThrownBy(this::start)
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll(saying)
                .hasMessageContaining("decant journal repair");
        assertThat(report.refusal()).isNotEmpty();
    }
}
