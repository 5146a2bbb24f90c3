package io.decant.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.history.Sample.SinkSample;
import io.decant.ingest.history.Sample.SourceSample;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SecondHistoryTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long NOON = 1_796_040_000_000L;
    private static final long NONE = SecondHistory.UNKNOWN;

    private final SecondHistory history = new SecondHistory();

    private static Sample sample(long records, long backlog) {
        return new Sample(
                10 * records,
                backlog,
                records / 100,
                Map.of("lines", new SourceSample(records, "listening", false, "")),
                Map.of("api", new SinkSample(records / 2, 1_500, 1, "idle", true, "", Counts.NONE)));
    }

    private void look(long nanos, long records, long backlog, Map<String, Delays> took) {
        history.look(nanos, NOON + TimeUnit.NANOSECONDS.toMillis(nanos), sample(records, backlog), took);
    }

    @Test
    void shouldKeepAValueForEachSecond() {
        look(0, 1_000, 7, Map.of());
        look(SECOND, 1_300, 8, Map.of("api", new Delays(1, 2, 3), "files", new Delays(9, NONE, NONE)));
        look(2 * SECOND + 5, 1_301, 9, Map.of());

        SecondHistory.Values values = history.last(4);
        assertThat(values.lastSecond()).isEqualTo(NOON / 1_000 + 2);
        assertThat(values.server().records()).containsExactly(NONE, NONE, 300, 1);
        assertThat(values.server().bytes()).containsExactly(NONE, NONE, 3_000, 10);
        assertThat(values.server().backlogBytes()).containsExactly(NONE, 7, 8, 9);
        assertThat(values.server().deadLetters()).containsExactly(NONE, NONE, 3, 0);
        assertThat(values.server().delays().scheduling()).containsExactly(NONE, NONE, 9, NONE);
        assertThat(values.server().delays().total()).containsExactly(NONE, NONE, 3, NONE);
        assertThat(values.sources().get("lines").records()).containsExactly(NONE, NONE, 300, 1);
        assertThat(values.sinks().get("api").records()).containsExactly(NONE, NONE, 150, 0);
        assertThat(values.sinks().get("api").lagMillis()).containsExactly(NONE, 1_500, 1_500, 1_500);
        assertThat(values.sinks().get("api").delays().processing()).containsExactly(NONE, NONE, 2, NONE);
    }

    @Test
    void shouldBeDueOnceASecondIsOver() {
        assertThat(history.isDue(5)).isTrue();
        look(5, 0, 0, Map.of());
        assertThat(history.isDue(SECOND + 4)).isFalse();
        assertThat(history.isDue(SECOND + 5)).isTrue();
        look(SECOND + SECOND / 2, 0, 0, Map.of());
        assertThat(history.isDue(2 * SECOND + 5))
                .as("late once, not from then on")
                .isTrue();
    }

    @Test
    void shouldSpreadWhatCameWhileNobodyLooked() {
        look(0, 0, 7, Map.of());
        look(3 * SECOND, 10, 8, Map.of("api", new Delays(1, 2, 3)));
        assertThat(history.last(4).server().records()).containsExactly(NONE, 3, 3, 4);
        assertThat(history.last(4).server().backlogBytes()).containsExactly(7, 8, 8, 8);
        assertThat(history.last(4).server().delays().total()).containsExactly(NONE, NONE, NONE, 3);
    }

    @Test
    void shouldForgetNothingElseAfterAPauseThatIsLongerThanAllOfIt() {
        look(0, 0, 7, Map.of());
        look(100_000 * SECOND, 6_000, 8, Map.of());
        long[] records = history.last(SecondHistory.SECONDS).server().records();
        assertThat(Arrays.stream(records).sum()).isEqualTo(6_000);
        assertThat(history.isDue(100_000 * SECOND + SECOND)).isTrue();
        assertThat(history.isDue(100_000 * SECOND + SECOND - 1)).isFalse();
    }

    /** However the looks come, what was counted in the last ten minutes is what their values add up to. */
    @Property(tries = 50)
    void shouldCountEachRecordOnce(@ForAll long seed) {
        Random random = new Random(seed);
        SecondHistory any = new SecondHistory();
        long nanos = random.nextLong();
        long records = 0;
        any.look(nanos, NOON, sample(records, 0), Map.of());
        int seconds = 0;
        while (seconds < SecondHistory.SECONDS - 10) {
            int more = 1 + random.nextInt(random.nextInt(10) == 0 ? 5 : 1);
            nanos += more * SECOND;
            seconds += more;
            records += random.nextInt(1_000);
            any.look(nanos, NOON, sample(records, 0), Map.of());
        }
        long[] values = any.last(seconds).server().records();
        assertThat(values).doesNotContain(NONE);
        assertThat(Arrays.stream(values).sum()).isEqualTo(records);
        assertThat(any.last(seconds + 1).server().records()[0]).isEqualTo(NONE);
    }
}
