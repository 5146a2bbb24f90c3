package io.decant.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Piece;
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

class DurableProgressTest {

    private static final int MARKS = 10_000;

    private final DurableProgress settled = new DurableProgress(new Positions(0, 0, 0), List.of("api", "archive"));

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
        DurableProgress.Sink sink = new DurableProgress.Sink("api");
        NavigableMap<Long, Long> batchAt = new TreeMap<>(Map.of(0L, 0L));
        long end = 0;
        long synced = 0;
        long before = 0;
        for (int i = 0; i < lengths.size(); i++) {
            end += lengths.get(i);
            synced = Math.max(synced, end - behind.get(i));
            batchAt.put(end, 1L + i);
            sink.appended(mark(1 + i), end, synced);
            if (asked.get(i)) {
                long now = sink.settled(synced).batch();
                assertThat(now).isBetween(before, batchAt.floorEntry(synced).getValue());
                before = now;
            }
        }
        assertThat(sink.settled(end).batch()).isEqualTo(lengths.size());
    }

    @Test
    void shouldGoOnWithTheSyncWhileMarksComeFaster() {
        DurableProgress.Sink sink = new DurableProgress.Sink("api");
        for (int batch = 1; batch <= MARKS; batch++) {
            sink.appended(mark(batch), batch, batch - 10);
            assertThat(sink.settled(batch - 10).batch()).isGreaterThanOrEqualTo(batch - 20);
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

    @Test
    void shouldSettleABatchOnceItsSinkHasItWhole() {
        begin();
        assertThat(settled.of("api")).isEqualTo(3);
        assertThat(settled.hasPassed(letter("api", 3, 7, 7))).isTrue();
        assertThat(settled.hasPassed(letter("api", 4, 0, 0))).isFalse();
        settled.appended(new Mark("api", 4, 60, 0, 0));
        assertThat(settled.of("api")).isEqualTo(4);
        assertThat(settled.hasPassed(letter("api", 4, 0, 0))).isTrue();
    }

    @Test
    void shouldPassRecordsOfABatchThatIsUnderWay() {
        begin();
        settled.appended(new Mark("api", 3, 50, 2, 10, List.of(new Piece(25, true))));
        assertThat(settled.of("api")).isEqualTo(3);
        assertThat(settled.hasPassed(letter("api", 4, 1, 99))).isTrue();
        assertThat(settled.hasPassed(letter("api", 4, 2, 9))).isTrue();
        // Who knows whether the piece that ends at 25 begins before or behind these.
        assertThat(settled.hasPassed(letter("api", 4, 2, 10))).isFalse();
        assertThat(settled.hasPassed(letter("api", 4, 2, 24))).isFalse();
        assertThat(settled.hasPassed(letter("api", 4, 3, 0))).isFalse();
        assertThat(settled.hasPassed(letter("api", 5, 0, 0))).isFalse();
    }

    @Test
    void shouldWaitWithRecordsThatGotToNoSinkForEverySink() {
        begin();
        assertThat(settled.of("")).isEqualTo(1);
        assertThat(settled.hasPassed(DeadLetter.withoutKey(1, 5, new byte[0], null)))
                .isTrue();
        assertThat(settled.hasPassed(DeadLetter.withoutKey(2, 0, new byte[0], null)))
                .isFalse();
    }

    @Test
    void shouldWaitForNothingWhereTheSinkIsGone() {
        begin();
        assertThat(settled.hasPassed(letter("gone", 9, 0, 0))).isTrue();
    }

    private void begin() {
        settled.begin(new Mark("api", 3, 50, 0, 0));
        settled.begin(new Mark("archive", 1, 10, 0, 0));
    }

    private static Mark mark(long batch) {
        return new Mark("api", batch, 0, 0, 0);
    }

    private static DeadLetter letter(String sink, long batch, int bucket, long ordinal) {
        return new DeadLetter(sink, batch, bucket, ordinal, Reason.REFUSED, 422, "", new byte[0], null);
    }
}
