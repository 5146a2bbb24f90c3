package io.decant.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.history.BatchView.Split;
import io.decant.ingest.history.Sample.SinkSample;
import io.decant.ingest.history.Sample.SourceSample;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final long NOON = 1_796_040_000_000L;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final List<String> SINKS = List.of("api", "files");

    private final SettableClock clock = new SettableClock(NOON);
    private final History history = new History(clock, "a");
    private long nanos = 17;

    @BeforeEach
    void begin() {
        history.batches().begin(0);
        SINKS.forEach(sink -> history.batches().addSink(sink, 0));
    }

    private void look(String sourceState, boolean paused, String sinkState, boolean working, String error) {
        history.look(
                nanos,
                new Sample(
                        0,
                        0,
                        0,
                        Map.of("lines", new SourceSample(0, sourceState, paused, "")),
                        Map.of("api", new SinkSample(0, 0, 3, sinkState, working, error, Counts.NONE))));
        nanos += SECOND;
        clock.millis += 1_000;
    }

    private List<ToldEvent> told() {
        return ToldEvent.from(history.events(), history.events().begin("a-0"));
    }

    @Test
    void shouldTellOfStatesThatChange() {
        look("listening", false, "idle", true, "");
        look("listening", false, "delivering", true, "");
        look("listening", false, "splitting", true, "");
        assertThat(told()).isEmpty();

        look("listening", true, "retrying", false, "status 503");
        look("listening", true, "retrying", false, "status 502");
        look("listening", false, "failing", false, "status 401");
        look("listening", false, "delivering", true, "");

        assertThat(told())
                .extracting(event -> event.name() + " " + event.data().getString("state")
                        + event.data().getBoolean("paused", false))
                .containsExactly(
                        "source-state listeningtrue",
                        "sink-state retryingfalse",
                        "source-state listeningfalse",
                        "sink-state failingfalse",
                        "sink-state deliveringfalse");
        assertThat(told().get(0).data().encode())
                .isEqualTo("{\"source\":\"lines\",\"state\":\"listening\",\"paused\":true,\"lastError\":\"\",\"at\":"
                        + (NOON + 3_000) + "}");
        assertThat(told().get(1).data().encode())
                .isEqualTo("{\"sink\":\"api\",\"state\":\"retrying\",\"lastError\":\"status 503\",\"batch\":3,\"at\":"
                        + (NOON + 3_000) + "}");
    }

    @Test
    void shouldTellOfASinkThatFailsFromTheStart() {
        look("listening", false, "failing", false, "status 401");
        assertThat(told()).extracting(ToldEvent::name).containsExactly("sink-state");
    }

    @Test
    void shouldLeaveALookThatComesEarlyToTheNext() {
        look("listening", false, "idle", true, "");
        nanos -= 1;
        look("listening", false, "failing", false, "status 401");
        assertThat(told()).isEmpty();
        assertThat(history.isDue(nanos - SECOND + 1)).isTrue();
    }

    /** Each process has a name of its own, whatever the clock says. */
    @Test
    void shouldNameEachProcessDifferently() {
        assertThat(new History(clock).events().lastId())
                .isNotEqualTo(new History(clock).events().lastId())
                .matches("[0-9a-f]{8,12}-0");
    }

    /**
     * A day of batches of a second at two sinks, of which one comes and goes: what is kept at its end is what was kept
     * after half an hour, and the page of each second has the size that it had.
     */
    @Test
    void shouldKeepNoMoreAfterADayThanAfterHalfAnHour() {
        long[] settled = new long[2];
        Kept first = new Kept();
        Kept later = new Kept();
        for (int second = 1; second <= TimeUnit.DAYS.toSeconds(1); second++) {
            clock.millis += 1_000;
            nanos += SECOND;
            BatchInfo batch = new BatchInfo(second, clock.millis - 1_000, clock.millis, 100 + second % 7, 5_000, SINKS);
            history.batches().cut(batch);
            history.batches().synced(second);
            for (int sink = 0; sink < SINKS.size(); sink++) {
                // One is away for seven minutes of each half hour, and then has much to do.
                boolean isAway = sink == 1 && second % 1_800 >= 900 && second % 1_800 < 1_320;
                for (long left = isAway ? 0 : 5; left > 0 && settled[sink] < second; left--) {
                    deliver(SINKS.get(sink), ++settled[sink]);
                }
            }
            history.batches().tell(sink -> settled[SINKS.indexOf(sink)]);
            history.look(nanos, sample(second, settled));
            (second <= 1_800 ? first : later).look(history);
        }
        assertThat(later.batches).isLessThanOrEqualTo(first.batches);
        assertThat(later.untold).isZero();
        assertThat(later.events).isEqualTo(EventLog.EVENTS_MAX);
        // Numbers have some digits more.
        assertThat(later.eventBytes)
                .isLessThan(first.eventBytes + first.eventBytes / 10)
                .isLessThan(600_000);
        assertThat(later.values).isEqualTo(SecondHistory.SECONDS * (7 + 5 * 2 + 1));
        assertThat(settled).containsOnly(TimeUnit.DAYS.toSeconds(1));
        assertThat(history.batches().undelivered()).isZero();
        assertThat(history.batches().batch(86_400).orElseThrow().submittedMillis())
                .hasValue(clock.millis);
    }

    /** The most that was kept. */
    private static final class Kept {
        private int batches;
        private int untold;
        private int events;
        private int eventBytes;
        private int values;

        void look(History history) {
            batches = Math.max(batches, history.batches().size());
            untold = Math.max(untold, history.batches().untold());
            events = Math.max(events, history.events().size());
            eventBytes = Math.max(eventBytes, history.events().bytes());
            values = Math.max(values, history.seconds().size());
        }
    }

    private void deliver(String sink, long number) {
        BatchInfo batch = new BatchInfo(number, NOON, NOON + 1_000, 100, 5_000, SINKS);
        history.batches().taken(sink, number);
        if (!history.batches().isSplit(number)) {
            int buckets = 1 + (int) (number % 2_000);
            history.batches()
                    .split(batch, new Split(buckets, BucketPicture.of(buckets, bucket -> 1), "a", 2, List.of()));
        }
        history.batches().started(sink, batch, Counts.NONE);
        history.batches().passed(sink, number, new Counts(1, 1, 0));
    }

    private static Sample sample(long second, long[] delivered) {
        return new Sample(
                second * 5_000,
                0,
                0,
                Map.of("lines", new SourceSample(second * 100, "listening", false, "")),
                Map.of(
                        "api", sink(delivered[0]),
                        "files", sink(delivered[1])));
    }

    private static SinkSample sink(long delivered) {
        return new SinkSample(delivered * 100, 0, delivered, "idle", true, "", Counts.NONE);
    }
}
