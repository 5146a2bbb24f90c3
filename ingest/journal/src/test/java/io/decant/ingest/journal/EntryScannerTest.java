package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryScannerTest {

    /** Several times what is passed over in one step. */
    private static final int ZEROS_MAX = 260;

    @Test
    void shouldFindAnEntryBehindZerosHoweverManyTheyAre() throws IOException {
        MemoryStore store = new MemoryStore();
        SmallJournal.run(store, new Random(7), 9, 60);
        List<SmallJournal.Entry> entries = SmallJournal.entries(store.segments);
        assertThat(entries).hasSizeGreaterThan(9);
        for (SmallJournal.Entry entry : entries) {
            ByteBuffer whole = store.segments.get(entry.segment());
            ByteBuffer segment = MemoryStore.copy(whole, whole.capacity());
            int zerosMax = Math.min(ZEROS_MAX, entry.offset());
            segment.put(entry.offset() - zerosMax, new byte[zerosMax]);
            for (int zeros = 0; zeros <= zerosMax; zeros += Integer.BYTES) {
                EntryScanner found = EntryScanner.range(
                        segment,
                        SmallJournal.JOURNAL_ID,
                        entry.position() - entry.offset(),
                        entry.offset() - zeros,
                        entry.end());

                assertThat(found.next()).as("%d zeros before %s", zeros, entry).isTrue();
                assertThat(found.documentOffset()).isEqualTo(entry.offset());
            }
        }
    }
}
