package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.decant.ingest.journal.SmallJournal.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;

/**
 * Whatever lies in the files of a journal, even with checksums that match: it is read back, or a
 * {@link JournalException} in one line says that it is damaged or another's; the audit says the same; and what is read
 * back of damaged files is a state that the journal once was in.
 *
 * <p>The input is a number that says what is done, and how: a segment is all the rest; or bytes of a good journal are
 * changed, as three bytes each, the segment and place in it, and what stands there then; and the entries may get
 * checksums that match.
 */
class JournalFuzzTest extends FuzzTarget {

    private static final int FILE = 0;
    private static final int SEALED = 2;
    private static final int CHANGES_MAX = 200;

    private static final Map<Long, ByteBuffer> PRISTINE = journal();
    private static final List<Entry> ENTRIES = SmallJournal.entries(PRISTINE);
    private static final NavigableMap<Long, ByteBuffer> STATES = SmallJournal.states(PRISTINE);

    private static Map<Long, ByteBuffer> journal() {
        MemoryStore store = new MemoryStore();
        Random random = new Random(3);
        try {
            SmallJournal.runFormat2(store, random, 7, 12, batch -> batch * 1000);
            SmallJournal.run(store, random, 4, 12);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return store.segments;
    }

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        int what = bytes.number(3);
        MemoryStore store = new MemoryStore(PRISTINE);
        if (what == FILE) {
            byte[] file = bytes.rest();
            store.segments.clear();
            store.segments.put(
                    1L, MemoryStore.copy(ByteBuffer.wrap(file), Math.max(Integer.BYTES, file.length + 3 & ~3)));
        } else {
            change(store, bytes);
            if (what == SEALED) {
                ENTRIES.forEach(entry -> seal(store.segments.get(entry.segment()), entry));
            }
        }
        audit(store);
        recover(store, what);
    }

    private static void change(MemoryStore store, FuzzBytes bytes) {
        List<Long> numbers = List.copyOf(store.segments.keySet());
        for (int i = 0; i < CHANGES_MAX && !bytes.isEmpty(); i++) {
            byte[] change = bytes.bytes(3);
            if (change.length == 3) {
                int place = Byte.toUnsignedInt(change[0]) << Byte.SIZE | Byte.toUnsignedInt(change[1]);
                ByteBuffer segment = store.segments.get(numbers.get((place >> 12) % numbers.size()));
                segment.put(place % segment.capacity(), change[2]);
            }
        }
    }

    private static void seal(ByteBuffer segment, Entry entry) {
        int content = entry.offset() + Integer.BYTES;
        // Of an entry that has no good header the checksum is of no account.
        int length = Math.min(segment.getInt(entry.offset()) & 0x3FFF_FFFF, segment.capacity() - content);
        if (length >= EntryCodec.HEADER_BYTES) {
            ByteBuffer[] parts = {segment.slice(content, length).order(segment.order())};
            EntryCodec.seal(parts, 1);
        }
    }

    private static void audit(MemoryStore store) {
        try {
            JournalReport report = JournalAudit.of(store.image(SmallJournal.JOURNAL_ID));
            assertThat(report.end()).isNotNegative();
        } catch (JournalException e) {
            requireOneLine(e);
        }
    }

    private static void recover(MemoryStore store, int what) {
        try {
            JournalRecovery.Recovered recovered =
                    new JournalRecovery(store, SmallJournal.JOURNAL_ID, told -> {}).recover();
            if (what != FILE && what != SEALED && recovered.end() > 0) {
                assertThat(STATES).containsKey(recovered.end());
                assertThat(recovered.state().encode(0, 0)).isEqualTo(STATES.get(recovered.end()));
            }
        } catch (JournalException e) {
            requireOneLine(e);
        }
    }

    private static void requireOneLine(JournalException e) {
        assertThat(e.kind()).isIn(JournalException.Kind.DAMAGED, JournalException.Kind.FOREIGN);
        assertThat(e.getMessage()).startsWith("journal: ").doesNotContain("\n");
    }
}
