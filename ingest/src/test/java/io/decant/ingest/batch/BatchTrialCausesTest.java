package io.decant.ingest.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.decant.ingest.LogLines;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.SegmentTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is told of attempts that fail, and of a disk that does not take their count. */
class BatchTrialCausesTest {

    private final MemoryTrialStore memory = new MemoryTrialStore();
    /** Why the disk takes nothing; null: it does. */
    private String inTheWay;

    private String thrown = "";
    private long nanos;

    private final TrialStore store = new TrialStore() {
        @Override
        public ByteBuffer read() {
            return memory.read();
        }

        @Override
        public void write(int slot, ByteBuffer content, boolean sync) throws IOException {
            if (inTheWay != null) {
                throw new IOException(inTheWay);
            }
            memory.write(slot, content, sync);
        }

        @Override
        public void close() {}
    };

    private final BatchTrials trials = new BatchTrials(
            store,
            1,
            null,
            new ExcludedRecords(new JournalView(new SegmentTable(null), 1), 0, List.of()),
            256,
            batch -> false,
            () -> nanos);

    private String attempt(long batch) {
        return trials.run(batch, 10, List.of(), new BatchTrials.Trial<>() {
            @Override
            public String run(boolean onThisThread) {
                if (!thrown.isEmpty()) {
                    throw new IllegalStateException(thrown);
                }
                return "split";
            }

            @Override
            public Set<String> sinks() {
                return Set.of("api");
            }

            @Override
            public void probe(long from, long to) {}
        });
    }

    @Test
    void shouldTellOfEachCauseOnceAndWhenAttemptsAreCountedAgain() {
        try (LogLines lines = new LogLines(BatchTrials.class)) {
            for (String why : List.of("No space left on device", "No space left on device", "Read-only file system")) {
                inTheWay = why;
                attempt(7);
            }
            inTheWay = null;
            attempt(8);
            String cannot = "WARN attempts at batches are not counted, since their file cannot be used: "
                    + IOException.class.getName() + ": ";
            assertThat(lines.told())
                    .containsExactly(
                            cannot + "No space left on device",
                            cannot + "Read-only file system",
                            "INFO attempts at batches are counted again");
        }
    }

    @Test
    void shouldBeOneCauseHoweverOftenItIsTriedAndWhoeverAsks() {
        thrown = "no room for record 5";
        BatchTrialException first = fails();
        BatchTrialException meanwhile = fails();
        nanos += TimeUnit.MINUTES.toNanos(1);
        thrown = "no room for record 6";
        BatchTrialException second = fails();
        assertThat(second).hasMessageContaining("attempt 2");
        assertThat(meanwhile.kind()).isEqualTo(first.kind());
        assertThat(second.kind()).isEqualTo(first.kind());
        nanos += TimeUnit.MINUTES.toNanos(1);
        thrown = "unforeseen";
        assertThat(fails().kind()).isNotEqualTo(first.kind());
    }

    private BatchTrialException fails() {
        return catchThrowableOfType(BatchTrialException.class, () -> attempt(7));
    }
}
