package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Buckets;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.BatchLoader;
import io.decant.ingest.batch.BatchPlace;
import io.decant.ingest.batch.Loaders;
import io.decant.ingest.sink.body.PartBody;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal's store is told of what is read of a mapped batch, so that it can give back the pages. */
class ReadBytesTest {

    private static final int RECORD_BYTES = 60;

    private final MemoryStore store = new MemoryStore();

    private BatchLoader.Loaded load(String format) throws IOException {
        Shape shape =
                new Shape("test", "record", "record", 1, List.of(new SinkShape("api", "http", format, 100, 4096)));
        SmallJournal.run(store, new Random(1), 6, RECORD_BYTES, shape);
        TreeMap<Long, Long> bases = new TreeMap<>();
        long cut = 0;
        for (SmallJournal.Entry entry : SmallJournal.entries(store.segments)) {
            bases.put(entry.segment(), entry.position() - entry.offset());
            cut = entry.kind() == EntryKind.CUT ? entry.endPosition() : cut;
        }
        SegmentTable segments = new SegmentTable(store);
        segments.addAll(bases);
        return Loaders.of(new JournalView(segments, SmallJournal.JOURNAL_ID), new BucketAssigner(2, Runnable::run))
                .load(new BatchPlace(1, 0), cut, closing -> {});
    }

    @Test
    void shouldHearOfABatchTwiceThatIsCheckedAndThenSearchedForRecords() throws IOException {
        try (BatchLoader.Loaded loaded = load("lines")) {
            // The check alone reads no more than what lies before the batch's end, the search alone less.
            assertThat(store.bytesRead).isGreaterThan(loaded.end());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lines", "json", "envelope"})
    void shouldHearOfTheRecordsOfABody(String format) throws IOException {
        try (BatchLoader.Loaded loaded = load(format)) {
            Buckets buckets = loaded.batch().buckets();
            PartBody body = PartBody.of(format, loaded.batch());
            long records = buckets.records(0);
            PartBody.Extent extent = body.extent(0, 0, records);
            long before = store.bytesRead;
            long address = Memory.allocate(extent.bodyBytes() + 1);
            try {
                assertThat(body.write(0, 0, extent, address)).isEqualTo(extent.bodyBytes());
            } finally {
                Memory.free(address, extent.bodyBytes() + 1);
            }
            assertThat(store.bytesRead - before).isBetween(1L, records << 16);
        }
    }
}
