package io.decant.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SettledBatchesTest {

    private static final int MARKS = 10_000;

    private final SettledBatches settled = new SettledBatches(new Positions(0, 0, 0), List.of("api", "archive"));

    @Test
    void shouldKeepNoMoreHoweverManyMarksThereAreThatNobodyAsksAbout() {
        Mark[] marks = new Mark[MARKS];
        for (int i = 0; i < MARKS; i++) {
            marks[i] = new Mark("api", 1 + i, 0, 0, 0);
        }
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        settled.appended(marks[0]);
        long before = thread.getCurrentThreadAllocatedBytes();
        for (Mark mark : marks) {
            settled.appended(mark);
        }
        assertThat(thread.getCurrentThreadAllocatedBytes() - before)
                .as("bytes allocated")
                .isLessThan(MARKS);
        assertThat(settled.of("api")).isEqualTo(MARKS);
    }

    /** Of a mark each: how much the journal grew, and how far behind its end the sync is. */
    @Property
    void shouldNeverRunAheadOfTheSyncAndCatchUpWithIt(
            @ForAll @Size(max = 50) List<@IntRange(min = 1, max = 100) Integer> lengths,
            @ForAll @Size(value = 50) List<@IntRange(max = 300) Integer> behind,
            @ForAll @Size(value = 50) List<Boolean> asked) {
        SettledBatches.Sink sink = new SettledBatches.Sink();
        NavigableMap<Long, Long> batchAt = new TreeMap<>(Map.of(0L, 0L));
        long end = 0;
        long synced = 0;
        long before = 0;
        for (int i = 0; i < lengths.size(); i++) {
            end += lengths.get(i);
            synced = Math.max(synced, end - behind.get(i));
            batchAt.put(end, 1L + i);
            sink.appended(1 + i, end, synced);
            if (asked.get(i)) {
                long now = sink.settled(synced);
                assertThat(now).isBetween(before, batchAt.floorEntry(synced).getValue());
                before = now;
            }
        }
        assertThat(sink.settled(end)).isEqualTo(lengths.size());
    }

    @Test
    void shouldGoOnWithTheSyncWhileMarksComeFaster() {
        SettledBatches.Sink sink = new SettledBatches.Sink();
        for (int batch = 1; batch <= MARKS; batch++) {
            sink.appended(batch, batch, batch - 10);
            assertThat(sink.settled(batch - 10)).isGreaterThanOrEqualTo(batch - 20);
        }
    }

    @Test
    void shouldTellWhatIsSettledForOneSinkForAllAndForOneThatIsGone() {
        settled.begin(new Mark("api", 7, 0, 0, 0));
        settled.appended(new Mark("archive", 3, 0, 0, 0));
        assertThat(settled.of("api")).isEqualTo(7);
        assertThat(settled.of("archive")).isEqualTo(3);
        assertThat(settled.of("")).isEqualTo(3);
        assertThat(settled.of("gone")).isEqualTo(Long.MAX_VALUE);
    }
}
