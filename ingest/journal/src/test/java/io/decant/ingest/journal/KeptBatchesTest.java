package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.journal.Cut.CutHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every batch that is there whole is found, whatever went before it, and no other. */
class KeptBatchesTest {

    private MemoryStore store = new MemoryStore();
    private final Map<Long, Long> records = new TreeMap<>();

    @BeforeEach
    void fill() throws IOException {
        Random random = new Random(12);
        for (int run = 0; run < 8; run++) {
            SmallJournal.run(store, random, 10, 60);
        }
        count();
        assertThat(records).hasSizeGreaterThan(20);
    }

    private void count() {
        for (ByteBuffer segment : store.segments.values()) {
            EntryScanner entries = EntryScanner.wholeSegment(segment, SmallJournal.JOURNAL_ID);
            while (entries.next()) {
                if (entries.kind() == EntryKind.CUT) {
                    CutHead cut = EntryCodec.getCutHead(entries.body());
                    records.put(cut.batch(), cut.records());
                }
            }
        }
    }

    /**
     * Where nothing is open when a segment begins, the batch that goes on in the next one is whole, though the cut
     * before it is gone.
     */
    @Test
    void shouldFindABatchWhenTheSegmentOfTheCutBeforeItIsGone() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            store = new MemoryStore();
            records.clear();
            Random random = new Random(seed);
            for (int run = 0; run < 5; run++) {
                // Ends with a cut, and a mark behind it; a batch is longer than a segment at times.
                SmallJournal.run(store, random, 12, 60 + seed * 3);
            }
            count();
            shouldFindEachBatchThatIsThereWhole();
        }
    }

    @Test
    void shouldFindEachBatchThatIsThereWhole() {
        JournalRecovery.Recovered recovered = recover();
        while (!recovered.passed().isEmpty()) {
            KeptBatches kept = new KeptBatches(store, SmallJournal.JOURNAL_ID, recovered);
            assertThat(kept.oldest()).isBetween(1L, (long) records.size());
            for (long batch = kept.oldest(); batch <= records.size(); batch++) {
                KeptBatches.Kept found = kept.find(batch);
                assertThat(found.cut().batch()).isEqualTo(batch);
                assertThat(read(found, recovered.end())).isEqualTo(records.get(batch));
            }
            long incomplete = kept.oldest() - 1;
            if (incomplete > 0) {
                assertThatThrownBy(() -> kept.find(incomplete)).isInstanceOf(JournalException.class);
            }
            store.segments.remove(recovered.passed().get(0));
            recovered = recover();
        }
    }

    @Test
    void shouldTakeNothingForKeptThatLiesBeforeAGap() {
        JournalRecovery.Recovered recovered = recover();
        long gap = recovered.passed().get(4);
        long behind = recovered.passed().get(5);
        store.segments.remove(gap);
        KeptBatches kept = new KeptBatches(store, SmallJournal.JOURNAL_ID, recover());
        assertThat(kept.find(kept.oldest()).bases().firstKey()).isGreaterThanOrEqualTo(behind);
    }

    @Test
    void shouldTakeNothingForKeptThatIsDamagedAtItsBeginning() {
        long damaged = recover().passed().get(0);
        long oldest = new KeptBatches(store, SmallJournal.JOURNAL_ID, recover()).oldest();
        for (int at = 0; at < 64; at++) {
            store.segments.get(damaged).put(at, (byte) 0x55);
        }
        KeptBatches kept = new KeptBatches(store, SmallJournal.JOURNAL_ID, recover());
        assertThat(kept.oldest()).isGreaterThan(oldest);
        assertThat(kept.find(kept.oldest()).bases().firstKey()).isGreaterThan(damaged);
    }

    private JournalRecovery.Recovered recover() {
        return new JournalRecovery(store, SmallJournal.JOURNAL_ID).recover();
    }

    private long read(KeptBatches.Kept batch, long limit) {
        SegmentTable segments = new SegmentTable(store);
        segments.addAll(batch.bases());
        long[] count = new long[1];
        try (JournalReader reader = new JournalReader(segments, SmallJournal.JOURNAL_ID, batch.position())) {
            Cut cut = reader.readBatch(limit, (address, bytes, blockRecords, at, framed) -> count[0] += blockRecords);
            assertThat(cut).isEqualTo(batch.cut());
        }
        return count[0];
    }
}
