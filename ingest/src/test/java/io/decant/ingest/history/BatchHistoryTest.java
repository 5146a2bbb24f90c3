package io.decant.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.history.BatchView.DeliveryState;
import io.decant.ingest.history.BatchView.Split;
import io.decant.ingest.history.BatchView.State;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchHistoryTest {

    private static final long NOON = 1_796_040_000_000L;

    private final SettableClock clock = new SettableClock(NOON);
    private final EventLog events = new EventLog("a");
    private final BatchHistory batches = new BatchHistory(clock, events);
    /** By sink, the last batch that no restart comes back to. */
    private final Map<String, Long> settled = new HashMap<>(Map.of("api", 4L, "files", 4L));

    @BeforeEach
    void begin() {
        batches.begin(4);
        batches.addSink("api", 4);
        batches.addSink("files", 4);
    }

    private static BatchInfo info(long number, String... sinks) {
        return new BatchInfo(number, NOON - 1_000, NOON, 5, 31, List.of(sinks));
    }

    private static BatchInfo info(long number) {
        return info(number, "api", "files");
    }

    private static Split split(int buckets) {
        return new Split(buckets, BucketPicture.of(buckets, bucket -> 1), "apple", buckets, List.of());
    }

    private void submit(long number) {
        batches.cut(info(number));
        batches.synced(number);
    }

    private void deliver(String sink, long number) {
        batches.taken(sink, number);
        batches.split(info(number), split(3));
        batches.started(sink, info(number), Counts.NONE);
        batches.passed(sink, number, Counts.NONE);
    }

    private void settle(String sink, long number) {
        settled.put(sink, number);
        batches.tell(settled::get);
    }

    private List<ToldEvent> told() {
        return ToldEvent.from(events, events.begin("a-0"));
    }

    private List<String> words() {
        return told().stream().map(ToldEvent::words).toList();
    }

    @Test
    void shouldTellOfABatchAsSparkDoes() {
        batches.cut(info(5));
        clock.millis += 3;
        batches.synced(5);
        clock.millis += 4;
        batches.taken("api", 5);
        clock.millis += 10;
        batches.split(info(5), split(3));
        batches.started("api", info(5), Counts.NONE);
        clock.millis += 30;
        batches.passed("api", 5, Counts.NONE);
        clock.millis += 1_000;
        settle("api", 5);

        assertThat(words()).containsExactly("batch-submitted 5", "batch-started 5 api", "batch-completed 5 api");
        assertThat(told().get(0).data().encode())
                .isEqualTo("{\"number\":5,\"sink\":null,\"window\":\"2026-11-30T11:59:59Z/2026-11-30T12:00:00Z\","
                        + "\"records\":5,\"bytes\":31,\"buckets\":null,\"submittedAt\":1796040000000,\"startedAt\":null,"
                        + "\"completedAt\":null,\"schedulingDelay\":null,\"processingDelay\":null,\"totalDelay\":null,"
                        + "\"replay\":false,\"error\":null,\"sinks\":[\"api\",\"files\"],\"deadLetters\":false}");
        assertThat(told().get(1).data().encode())
                .contains("\"buckets\":3,")
                .contains(
                        "\"startedAt\":1796040000007,\"completedAt\":null,\"schedulingDelay\":7,\"processingDelay\":null");
        assertThat(told().get(2).data().encode())
                .isEqualTo("{\"number\":5,\"sink\":\"api\",\"window\":\"2026-11-30T11:59:59Z/2026-11-30T12:00:00Z\","
                        + "\"records\":5,\"bytes\":31,\"buckets\":3,\"submittedAt\":1796040000000,"
                        + "\"startedAt\":1796040000007,\"completedAt\":1796040000047,\"schedulingDelay\":7,"
                        + "\"processingDelay\":40,\"totalDelay\":47,\"replay\":false,\"error\":null}");
    }

    @Test
    void shouldSayWhichBatchesAreDeadLettersThatAreSentAgain() {
        batches.cut(info(5, "api"), true);
        batches.synced(5);
        submit(6);
        assertThat(told().get(0).data().getBoolean("deadLetters")).isTrue();
        assertThat(told().get(1).data().getBoolean("deadLetters")).isFalse();
        // One that an earlier process has cut: known once it is read.
        batches.deadLetters(info(4, "api"));
        assertThat(batches.all()).extracting(BatchView::deadLetters).containsExactly(true, true, false);
    }

    @Test
    void shouldTellThatABatchIsSubmittedOnceItsCutIsSynced() {
        batches.cut(info(5));
        batches.cut(info(6));
        assertThat(words()).isEmpty();
        batches.synced(5);
        batches.cut(info(7));
        assertThat(words()).containsExactly("batch-submitted 5");
        batches.synced(7);
        assertThat(words()).containsExactly("batch-submitted 5", "batch-submitted 6", "batch-submitted 7");
    }

    @Test
    void shouldTellThatABatchIsCompletedOnceNoRestartComesBackToIt() {
        submit(5);
        submit(6);
        deliver("api", 5);
        deliver("api", 6);
        deliver("files", 5);
        batches.tell(settled::get);
        assertThat(words()).noneMatch(event -> event.startsWith("batch-completed"));

        settle("api", 5);
        assertThat(words())
                .filteredOn(event -> event.startsWith("batch-completed"))
                .containsExactly("batch-completed 5 api");
        settle("files", 5);
        settle("api", 6);
        settle("api", 6);
        assertThat(words())
                .filteredOn(event -> event.startsWith("batch-completed"))
                .containsExactly("batch-completed 5 api", "batch-completed 5 files", "batch-completed 6 api");
    }

    /** A lane asks again and again while Spark is at work, and begins a batch anew when reading failed. */
    @Test
    void shouldTellOnceThatASinkHasBegun() {
        submit(5);
        batches.taken("api", 5);
        clock.millis += 10;
        batches.taken("api", 5);
        batches.started("api", info(5), Counts.NONE);
        batches.started("api", info(5), Counts.NONE);
        assertThat(words()).containsExactly("batch-submitted 5", "batch-started 5 api");
        assertThat(told().get(1).data().getLong("startedAt")).isEqualTo(NOON);
    }

    @Test
    void shouldTellOfASinkThatStopped() {
        submit(5);
        batches.taken("api", 5);
        batches.failed("api", 5, "no memory");
        batches.taken("files", 6);
        batches.failed("files", 6, "worse");

        assertThat(words()).containsExactly("batch-submitted 5", "batch-failed 5 api", "batch-failed 6 files");
        assertThat(told().get(1).data().getString("error")).isEqualTo("no memory");
        assertThat(told().get(1).data().getLong("startedAt")).isEqualTo(NOON);
        JsonObject unknown = told().get(2).data();
        assertThat(unknown.getString("window")).isNull();
        assertThat(unknown.getLong("records")).isNull();
        assertThat(batches.batch(5).orElseThrow().state()).isEqualTo(State.FAILED);
        assertThat(batches.batch(5).orElseThrow().sinks().get("api").lastError())
                .isEqualTo("no memory");
    }

    @Test
    void shouldSayThatABatchIsSentOnceMore() {
        batches.replayStarted("api", info(3));
        clock.millis += 20;
        batches.replayCompleted("api", info(3));
        assertThat(words()).containsExactly("batch-started 3 api", "batch-completed 3 api");
        assertThat(told()).allMatch(event -> event.data().getBoolean("replay"));
        assertThat(told().get(1).data().getLong("processingDelay")).isEqualTo(20);
        assertThat(batches.all()).isEmpty();
    }

    /** It was cut by the process before, which nobody can ask when. */
    @Test
    void shouldNotKnowWhenABatchWasCutThatAStartFinds() {
        BatchHistory behind = new BatchHistory(clock, events);
        behind.begin(9);
        behind.addSink("api", 4);
        behind.addSink("files", 9);
        assertThat(behind.undelivered()).isEqualTo(5);

        behind.taken("api", 5);
        behind.split(info(5), split(3));
        behind.started("api", info(5), Counts.NONE);
        behind.passed("api", 5, Counts.NONE);
        behind.tell(sink -> 5);

        assertThat(words()).containsExactly("batch-started 5 api", "batch-completed 5 api");
        assertThat(told().get(1).data().getLong("submittedAt")).isNull();
        assertThat(told().get(1).data().getLong("totalDelay")).isNull();
        assertThat(told().get(1).data().getLong("processingDelay")).isZero();
        BatchView batch = behind.batch(5).orElseThrow();
        assertThat(batch.state()).isEqualTo(State.DELIVERED);
        assertThat(batch.sinks().get("files").state()).isEqualTo(DeliveryState.DELIVERED);
        assertThat(batch.completedMillis()).isEmpty();
        assertThat(behind.undelivered()).isEqualTo(4);
    }

    @Test
    void shouldShowHowFarABatchIs() {
        submit(5);
        assertThat(batches.batch(5).orElseThrow().state()).isEqualTo(State.CUT);
        assertThat(batches.batch(5).orElseThrow().submittedMillis()).hasValue(NOON);
        assertThat(batches.batch(4)).isEmpty();

        batches.offloaded(info(5));
        assertThat(batches.batch(5).orElseThrow().state()).isEqualTo(State.OFFLOADED);
        assertThat(batches.isSplit(5)).isFalse();

        clock.millis += 1;
        batches.taken("api", 5);
        batches.split(info(5), split(3));
        assertThat(batches.isSplit(5)).isTrue();
        batches.started("api", info(5), new Counts(10, 20, 30));
        batches.progress("api", 5, 2);
        batches.count("api", new Counts(13, 22, 31));
        batches.trouble("api", 5, "status 503");
        clock.millis += 1;
        BatchView delivering = batches.batch(5).orElseThrow();
        assertThat(delivering.state()).isEqualTo(State.DELIVERING);
        assertThat(delivering.onSpark()).isTrue();
        assertThat(delivering.startedMillis()).hasValue(NOON + 1);
        assertThat(delivering.sinks().get("files").state()).isEqualTo(DeliveryState.WAITING);
        assertThat(delivering.sinks().get("files").bucketsDelivered()).isEmpty();
        assertThat(delivering.sinks().get("api"))
                .isEqualTo(new BatchView.Delivery(
                        DeliveryState.DELIVERING,
                        OptionalLong.of(NOON + 1),
                        OptionalLong.empty(),
                        OptionalLong.of(2),
                        new Counts(3, 2, 1),
                        "status 503"));

        batches.passed("api", 5, new Counts(14, 23, 31));
        // What the sink does afterwards is of no batch that it has.
        batches.count("api", new Counts(99, 99, 99));
        deliver("files", 5);
        BatchView delivered = batches.batch(5).orElseThrow();
        assertThat(delivered.state()).isEqualTo(State.DELIVERED);
        assertThat(delivered.completedMillis()).hasValue(NOON + 2);
        assertThat(delivered.sinks().get("api").counts()).isEqualTo(new Counts(4, 3, 1));
        assertThat(delivered.sinks().get("api").bucketsDelivered()).hasValue(3);
        assertThat(delivered.sinks().get("api").lastError()).isEqualTo("status 503");
    }

    /** Cut before the sink was there, or for another one alone. */
    @Test
    void shouldNotTellASinkOfABatchThatIsNotForIt() {
        batches.cut(info(5, "api", "removed"));
        batches.synced(5);
        batches.taken("files", 5);
        batches.passed("files", 5, Counts.NONE);
        deliver("api", 5);
        settle("api", 5);
        settle("files", 5);
        assertThat(words()).containsExactly("batch-submitted 5", "batch-started 5 api", "batch-completed 5 api");
        assertThat(batches.batch(5).orElseThrow().sinks()).containsOnlyKeys("api");
        assertThat(told().get(0).data().getJsonArray("sinks")).containsExactly("api");
    }

    @Test
    void shouldNotGoBackInTimeWithAClockThatDoes() {
        submit(5);
        batches.taken("api", 5);
        batches.split(info(5), split(3));
        batches.started("api", info(5), Counts.NONE);
        clock.millis -= 3_600_000;
        batches.passed("api", 5, Counts.NONE);
        settle("api", 5);
        assertThat(told().get(2).data().getLong("processingDelay")).isZero();
        assertThat(told().get(2).data().getLong("totalDelay")).isZero();
    }

    @Test
    void shouldKeepTheNewestAndThoseThatSinksAreAt() {
        submit(5);
        batches.taken("api", 5);
        batches.started("api", info(5), Counts.NONE);
        for (long number = 6; number <= 1_000; number++) {
            submit(number);
        }
        assertThat(batches.all()).hasSizeBetween(BatchHistory.KEPT_MAX, BatchHistory.KEPT_MAX + 3);
        assertThat(batches.batch(5)).isPresent();
        assertThat(batches.batch(1_000)).isPresent();
        assertThat(batches.newest(20))
                .extracting(batch -> batch.info().number())
                .startsWith(1_000L, 999L)
                .hasSize(20);

        batches.passed("api", 5, Counts.NONE);
        deliver("files", 5);
        for (long number = 6; number <= 900; number++) {
            deliver("api", number);
            deliver("files", number);
            assertThat(batches.size()).isLessThanOrEqualTo(BatchHistory.KEPT_MAX + 3);
        }
        assertThat(batches.all().stream().filter(batch -> batch.state() == State.DELIVERED))
                .hasSizeGreaterThanOrEqualTo(BatchHistory.COMPLETED_MIN);
        assertThat(batches.batch(801).orElseThrow().submittedMillis()).hasValue(NOON);
        assertThat(batches.batch(700)).isEmpty();
        assertThat(batches.undelivered()).isEqualTo(100);
    }

    /** A disk without room for marks, and small batches: what cannot be kept is said to be missing. */
    @Test
    void shouldSayWhatItForgetsOfBatchesThatARestartWouldSendAgain() {
        int many = SinkTrack.UNTOLD_MAX + 10;
        for (long number = 5; number < 5 + many; number++) {
            submit(number);
            deliver("api", number);
            deliver("files", number);
        }
        long last = 4L + many;
        String before = events.lastId();
        settle("api", last);
        List<ToldEvent> after = ToldEvent.from(events, events.begin(before));
        assertThat(after.get(0).name()).as("too many for the log as well").isEqualTo("gap");

        List<ToldEvent> all = told();
        assertThat(all.stream().filter(event -> event.words().startsWith("batch-completed")))
                .extracting(event -> event.data().getLong("number"))
                .doesNotHaveDuplicates()
                .contains(last);
        assertThat(batches.untold()).isLessThanOrEqualTo(SinkTrack.UNTOLD_MAX);
    }
}
