package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Buckets;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.BatchLoader;
import io.decant.ingest.batch.BatchPlace;
import io.decant.ingest.batch.Loaders;
import io.decant.ingest.batch.RecordOrigin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The way from a record in its bucket back to the block that it came in, through the journal. */
class RecordOriginTest {

    private static Shape shape(String missingKey, String... formats) {
        List<SinkShape> sinks = List.of(
                new SinkShape("api", "http", formats[0], 100, 4096),
                new SinkShape("slow", "http", formats[formats.length - 1], 9, 99));
        // Records are "<stream>/<position>/<filling>": the fillings' first letters make the buckets.
        return new Shape("test", "regex:/([a-m])[a-z]*$", missingKey, 1, sinks);
    }

    /** Every record of {@link SmallJournal} begins with its stream and position. */
    @Property(tries = 60)
    void shouldLeadFromARecordToItsStreamAndPosition(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int recordBytes, @ForAll boolean dlq)
            throws IOException {
        long allocated = Memory.allocatedBytes();
        MemoryStore store = new MemoryStore();
        SmallJournal.run(store, new Random(seed), 40, recordBytes, shape(dlq ? "dlq" : "record", "lines", "envelope"));
        int batches = 0;
        BatchPlace next = new BatchPlace(1, 0);
        for (long cut = lastCut(store); next.start() < cut; batches++) {
            try (BatchLoader.Loaded loaded = loader(store).load(next, cut, closing -> {})) {
                Buckets buckets = loaded.batch().buckets();
                RecordOrigin origin = loaded.batch().newOrigin();
                for (int bucket = 0; bucket < buckets.buckets(); bucket++) {
                    for (long ordinal = 0; ordinal < buckets.records(bucket); ordinal++) {
                        origin.turnTo(bucket, ordinal);
                        assertThat(text(buckets.address(bucket, ordinal), buckets.length(bucket, ordinal)))
                                .startsWith(text(origin.streamAddress(), origin.streamBytes()) + "/" + origin.position()
                                        + "/");
                        assertThat(text(origin.sourceAddress(), origin.sourceBytes()))
                                .isEqualTo("logs");
                        assertThat(origin.arrivalMillis()).isEqualTo(1_000);
                    }
                }
                assertThat(buckets.records() + buckets.keyless())
                        .isEqualTo(loaded.batch().cut().records());
                next = next.next(loaded.end());
            }
        }
        assertThat(batches).isEqualTo(13);
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    @Test
    void shouldKeepNothingForOriginsWhereNoSinkAsks() throws IOException {
        MemoryStore store = new MemoryStore();
        SmallJournal.run(store, new Random(1), 6, 9, shape("record", "lines", "json"));
        try (BatchLoader.Loaded loaded = loader(store).load(new BatchPlace(1, 0), lastCut(store), closing -> {})) {
            RecordOrigin origin = loaded.batch().newOrigin();
            assertThatIllegalStateException().isThrownBy(() -> origin.turnTo(0, 0));
        }
    }

    private static long lastCut(MemoryStore store) {
        return SmallJournal.entries(store.segments).stream()
                .filter(entry -> entry.kind() == EntryKind.CUT)
                .mapToLong(SmallJournal.Entry::endPosition)
                .max()
                .orElseThrow();
    }

    private static BatchLoader loader(MemoryStore store) {
        TreeMap<Long, Long> bases = new TreeMap<>();
        SmallJournal.entries(store.segments)
                .forEach(entry -> bases.put(entry.segment(), entry.position() - entry.offset()));
        SegmentTable segments = new SegmentTable(store);
        segments.addAll(bases);
        return Loaders.of(new JournalView(segments, SmallJournal.JOURNAL_ID), new BucketAssigner(2, Runnable::run));
    }

    private static String text(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
