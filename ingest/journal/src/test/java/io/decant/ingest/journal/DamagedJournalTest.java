package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.decant.ingest.journal.SmallJournal.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of damage to a small journal, everywhere. Each start recovers exactly the records before damage to the
 * tail, or refuses in one line that names the file, the offset and the command.
 */
@Timeout(120)
@Tag("slow")
class DamagedJournalTest {

    /** What is flipped of a byte, in turn. */
    private static final int[] BITS = {0x40, 0xFF, 0x01};
    /** Chronicle's index is nearly all zeros; a prime, so that every place within a word is hit. */
    private static final int ZEROS_STEP = 61;

    @TempDir
    Path dataDir;

    private Map<Long, ByteBuffer> pristine;
    private List<Entry> entries;
    private NavigableMap<Long, ByteBuffer> states;
    private final Map<Long, List<String>> records = new TreeMap<>();
    private int recovered;
    private int refused;

    private void keep(Map<Long, ByteBuffer> segments) {
        pristine = segments;
        entries = SmallJournal.entries(segments);
        states = SmallJournal.states(segments);
    }

    /** Segments of 4 KiB that roll in the middle of a run. */
    private void inMemory() throws IOException {
        MemoryStore store = new MemoryStore();
        Random random = new Random(3);
        for (int run = 0; run < 3; run++) {
            SmallJournal.run(store, random, 9, 60);
        }
        keep(store.segments);
        assertThat(store.segments).hasSizeGreaterThan(4);
    }

    /** The same with entries of format 2. */
    private void inMemoryFormat2() throws IOException {
        MemoryStore store = new MemoryStore();
        Random random = new Random(3);
        for (int run = 0; run < 2; run++) {
            SmallJournal.runFormat2(store, random, 7, 30, batch -> batch * 1000);
        }
        keep(store.segments);
        assertThat(store.segments).hasSizeGreaterThan(2);
        assertThat(entries).extracting(Entry::kind).contains(EntryKind.values());
    }

    /** Chronicle's files, with its headers and indexes, as long as what is in them. */
    private void inFiles() throws IOException {
        Random random = new Random(4);
        for (int run = 0; run < 2; run++) {
            try (ChronicleSegmentStore store =
                    new ChronicleSegmentStore(dataDir, ChronicleSegmentStore.SEGMENT_BYTES_MIN)) {
                SmallJournal.run(store, random, 5, 40);
            }
        }
        Map<Long, ByteBuffer> segments = new TreeMap<>();
        for (JournalImage.Segment segment : imageOfFiles().segments()) {
            segments.put(segment.number(), MemoryStore.copy(segment.bytes(), Math.toIntExact(segment.end()) + 64));
        }
        assertThat(segments).hasSize(2);
        keep(segments);
    }

    private JournalImage imageOfFiles() throws IOException {
        return JournalImage.open(dataDir);
    }

    private void recoverAfter(String what, Consumer<Map<Long, ByteBuffer>> damage) {
        MemoryStore store = new MemoryStore(pristine);
        damage.accept(store.segments);
        JournalReport report;
        try {
            report = JournalAudit.of(store.image(SmallJournal.JOURNAL_ID));
        } catch (RuntimeException e) {
            throw new AssertionError(what + ": audit", e);
        }
        long evidence = SmallJournal.entries(store.segments).stream()
                .mapToLong(Entry::synced)
                .max()
                .orElse(0);
        JournalRecovery.Recovered result;
        try {
            result = new JournalRecovery(store, SmallJournal.JOURNAL_ID, told -> {}).recover();
        } catch (JournalException e) {
            refused++;
            assertThat(e.getMessage())
                    .as(what)
                    .containsPattern("journal: .*\\.cq4.* (at offset \\d+|is missing or unreadable)")
                    .containsPattern("decant journal repair|newer version")
                    .doesNotContain("\n");
            assertThat(report.isHealthy()).as(what).isFalse();
            assertThat(report.refusal()).as(what).isEqualTo(e.getMessage());
            return;
        } catch (RuntimeException e) {
            throw new AssertionError(what, e);
        }
        recovered++;
        assertThat(report.refusal()).as(what).isEmpty();
        if (result.end() == 0) {
            assertThat(evidence).as(what).isZero();
            return;
        }
        assertThat(result.end()).as(what + ": an entry's end").isIn(states.keySet());
        assertThat(result.state().encode(0, 0)).as(what).isEqualTo(states.get(result.end()));
        assertThat(result.end()).as(what + ": known to be synced").isGreaterThanOrEqualTo(evidence);
        long delivered = result.state().delivered();
        List<String> expected = records.computeIfAbsent(
                delivered,
                from -> SmallJournal.records(new MemoryStore(pristine).image(SmallJournal.JOURNAL_ID), from));
        List<String> read = SmallJournal.records(store.image(SmallJournal.JOURNAL_ID), delivered);
        assertThat(expected.subList(0, read.size())).as(what).isEqualTo(read);
    }

    private void flipEveryByte() {
        pristine.forEach((number, bytes) -> {
            for (int at = 0; at < bytes.capacity(); at++) {
                if (bytes.get(at) == 0 && at % ZEROS_STEP != 0 && !isInEntry(number, at)) {
                    continue;
                }
                int bit = BITS[at % BITS.length];
                int offset = at;
                recoverAfter("segment " + number + ", byte " + at + " ^ " + bit, segments -> segments.get(number)
                        .put(offset, (byte) (segments.get(number).get(offset) ^ bit)));
            }
        });
        assertThat(recovered).isPositive();
        assertThat(refused).isPositive();
    }

    private boolean isInEntry(long segment, int at) {
        return entries.stream()
                .anyMatch(entry -> entry.segment() == segment && entry.offset() <= at && at < entry.end());
    }

    @Test
    void shouldRecoverOrRefuseWhateverByteIsFlipped() throws IOException {
        inMemory();
        flipEveryByte();
    }

    @Test
    void shouldRecoverOrRefuseWhateverByteOfFormat2IsFlipped() throws IOException {
        inMemoryFormat2();
        flipEveryByte();
    }

    @Test
    void shouldRecoverOrRefuseWhateverOfFormat2IsZeroedOrMissing() throws IOException {
        inMemoryFormat2();
        for (Entry entry : entries) {
            recoverAfter(entry + " zeroed", segments -> {
                for (int at = entry.offset(); at < entry.end(); at++) {
                    segments.get(entry.segment()).put(at, (byte) 0);
                }
            });
        }
        for (long number : pristine.keySet()) {
            recoverAfter("segment " + number + " missing", segments -> segments.remove(number));
        }
        assertThat(refused).isPositive();
    }

    @Test
    void shouldRecoverOrRefuseWhateverByteOfChroniclesFilesIsFlipped() throws IOException {
        inFiles();
        flipEveryByte();
    }

    @Test
    void shouldNotMindDamageToChroniclesOwnDocuments() throws IOException {
        inFiles();
        long end = states.lastKey();
        pristine.forEach((number, bytes) -> {
            int first = entries.stream()
                    .filter(entry -> entry.segment() == number)
                    .mapToInt(Entry::offset)
                    .min()
                    .orElseThrow();
            MemoryStore store = new MemoryStore(pristine);
            for (int at = 0; at < first; at++) {
                store.segments.get(number).put(at, (byte) 0xA5);
            }
            assertThat(new JournalRecovery(store, SmallJournal.JOURNAL_ID)
                            .recover()
                            .end())
                    .isEqualTo(end);
        });
    }

    @Test
    void shouldReadEntriesWhoseDocumentHeadersAreDamaged() throws IOException {
        inMemory();
        MemoryStore store = new MemoryStore(pristine);
        // Every second one: a header follows from where the next good entry begins.
        for (int i = 0; i < entries.size() - 1; i += 2) {
            store.segments.get(entries.get(i).segment()).putInt(entries.get(i).offset(), 0x4000_0007);
        }
        JournalRecovery.Recovered result = new JournalRecovery(store, SmallJournal.JOURNAL_ID).recover();
        assertThat(result.end()).isEqualTo(states.lastKey());
        assertThat(result.state().encode(0, 0)).isEqualTo(states.lastEntry().getValue());
    }

    @Test
    void shouldRecoverOrRefuseWhereverAFileIsTruncated() throws IOException {
        inMemory();
        pristine.forEach((number, bytes) -> {
            for (int length = 0; length < bytes.capacity(); length++) {
                int to = length;
                recoverAfter(
                        "segment " + number + " truncated at " + length,
                        segments -> segments.put(number, MemoryStore.copy(segments.get(number), to)));
            }
        });
    }

    @Test
    void shouldRecoverOrRefuseWhateverIsZeroed() throws IOException {
        inMemory();
        pristine.forEach((number, bytes) -> {
            for (int size : new int[] {4, 64, 512, MemoryStore.SEGMENT_BYTES}) {
                for (int from = 0; from < bytes.capacity(); from += Math.min(size, 64)) {
                    int at = from;
                    recoverAfter("segment " + number + " zeroed from " + from + ", " + size + " bytes", segments -> {
                        for (int i = at; i < Math.min(at + size, bytes.capacity()); i++) {
                            segments.get(number).put(i, (byte) 0);
                        }
                    });
                }
            }
        });
    }

    @Test
    void shouldRecoverOrRefuseWhateverGarbageIsAppendedOrWrittenOver() throws IOException {
        inMemory();
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            long number = entries.get(random.nextInt(entries.size())).segment();
            int size = 1 + random.nextInt(600);
            int from = random.nextInt(MemoryStore.SEGMENT_BYTES);
            byte[] garbage = new byte[size];
            random.nextBytes(garbage);
            recoverAfter("garbage " + i, segments -> {
                ByteBuffer longer =
                        MemoryStore.copy(segments.get(number), Math.max(MemoryStore.SEGMENT_BYTES, from + size));
                longer.put(from, garbage);
                segments.put(number, longer);
            });
        }
    }

    @Test
    void shouldRecoverOrRefuseWhicheverSegmentsAreMissingOrSwapped() throws IOException {
        inMemory();
        for (long number : pristine.keySet()) {
            if (number != entries.get(entries.size() - 1).segment()) {
                recoverAfter("segment " + number + " missing", segments -> segments.remove(number));
            }
            for (long other : pristine.keySet()) {
                if (other > number) {
                    recoverAfter("segments " + number + " and " + other + " swapped", segments -> {
                        ByteBuffer moved = segments.put(number, segments.get(other));
                        segments.put(other, moved);
                    });
                }
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void shouldRefuseEntriesThatContradictEachOtherUnderGoodChecksums() throws IOException {
        inMemory();
        MemoryStore store = new MemoryStore(pristine);
        Entry last = entries.get(entries.size() - 1);
        ByteBuffer bytes = store.segments.get(last.segment());
        ByteBuffer cut = ByteBuffer.allocateDirect(64).order(bytes.order());
        cut.position(EntryCodec.HEADER_BYTES);
        cut.putInt(Integer.MAX_VALUE).putLong(7);
        EntryCodec.putHeader(
                cut,
                EntryCodec.FORMAT_FIRST,
                EntryKind.BLOCKS,
                (int) entries.stream()
                        .filter(entry -> entry.segment() == last.segment())
                        .count(),
                SmallJournal.JOURNAL_ID,
                last.endPosition(),
                0);
        EntryCodec.seal(new ByteBuffer[] {cut.clear()}, 1);
        bytes.putInt(last.end(), cut.capacity());
        bytes.put(last.end() + Integer.BYTES, cut, 0, cut.capacity());
        try {
            new JournalRecovery(store, SmallJournal.JOURNAL_ID).recover();
            fail("recovered nonsense");
        } catch (JournalException e) {
            assertThat(e).hasMessageContaining("offset " + last.end()).hasMessageContaining("does not follow");
        }
    }
}
