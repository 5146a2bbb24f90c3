package io.decant.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.decant.config.BodyFormat;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Secret;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSinkTest {

    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration CAP = Duration.ofMinutes(1);

    private final FakeTransport transport = new FakeTransport();
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final List<TestBatch> batches = new ArrayList<>();
    private int wakeUps;
    private long now = 1_000_000;

    @AfterEach
    void everythingIsReleased() {
        while (!transport.underWay().isEmpty()) {
            transport.answer(200);
        }
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        batches.forEach(TestBatch::close);
    }

    @Test
    void shouldSendEveryHeaderOfTheContract() {
        HttpSink sink = sink(1, Map.of("Authorization", new Secret("Bearer abc")));
        sink.begin(batch(List.of("a", "bb", "a"), 10, 100).open(), Progress.START);
        work(sink);
        transport.answer(200);
        work(sink);

        assertThat(transport.all().get(0).headers())
                .containsExactly(
                        entry("User-Agent", "Decant"),
                        entry("Authorization", "Bearer abc"),
                        entry("Content-Type", "text/plain"),
                        entry("Content-Length", "5"),
                        entry("Idempotency-Key", "\"edge-1-00c0ffee-api-7-0-0-2\""),
                        entry("Decant-Batch", "7"),
                        entry("Decant-Bucket", "0"),
                        entry("Decant-Buckets", "2"),
                        entry("Decant-First", "0"),
                        entry("Decant-Records", "2"),
                        entry("Decant-Window", "2023-11-14T22:13:20Z/2023-11-14T22:13:21Z"));
        assertThat(transport.all().get(0).text()).isEqualTo("a\nbb\n");
        assertThat(transport.all().get(1).key()).isEqualTo("\"edge-1-00c0ffee-api-7-1-0-1\"");
        assertThat(transport.all().get(1).text()).isEqualTo("a\n");
    }

    @Test
    void shouldLetTheSettingsChooseTheContentTypeAndTheUserAgent() {
        HttpSinkSettings settings = new HttpSinkSettings(
                URI.create("http://localhost/"),
                BodyFormat.LINES,
                "text/csv",
                1,
                new DataSize(1),
                1,
                Duration.ofSeconds(1),
                CAP,
                Map.of("user-agent", new Secret("mine")));
        HttpSink sink = sink(settings);
        sink.begin(batch(List.of("a"), 10, 100).open(), Progress.START);
        work(sink);

        assertThat(transport.all().get(0).headers())
                .contains(entry("Content-Type", "text/csv"), entry("user-agent", "mine"))
                .doesNotContainKey("User-Agent");
    }

    @Test
    void shouldMakeALargeRecordAPartOfItsOwn() {
        HttpSink sink = sink(4);
        sink.begin(batch(List.of("aa", "b", "c".repeat(100), "d", "e"), 10, 5).open(), Progress.START);
        work(sink);

        assertThat(transport.all())
                .extracting(FakeTransport.Sent::text)
                .containsExactly("aa\nb\n", "c".repeat(100) + "\n", "d\ne\n");
    }

    @Test
    void shouldBeginABucketOnlyWhenTheOneBeforeItIsAnsweredWhole() {
        HttpSink sink = sink(2);
        sink.begin(batch(List.of("a", "b", "a", "b"), 1, 100).open(), Progress.START);
        work(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("a\n", "b\n");

        transport.end(transport.underWay().get(1), new Answered(200, "", ""));
        work(sink);
        assertThat(sink.progress()).isEqualTo(Progress.START);
        assertThat(transport.all()).hasSize(2);

        transport.answer(200);
        work(sink);
        assertThat(sink.progress()).isEqualTo(new Progress(1, 0));
        assertThat(transport.all()).hasSize(4);
        assertThat(sink.delivered()).isFalse();

        transport.answer(200);
        transport.answer(200);
        work(sink);
        assertThat(sink.progress()).isEqualTo(new Progress(2, 0));
        assertThat(sink.delivered()).isTrue();
        assertThat(sink.status()).isEqualTo(new SinkStatus(SinkState.IDLE, "", 4, 0, 4, 8));
        assertThat(sink.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(wakeUps).isEqualTo(4);
    }

    @Test
    void shouldLetGoOfABatchOnceItIsDelivered() {
        HttpSink sink = sink(1);
        try (TestBatch batch = new TestBatch(List.of("a"), 1, 100)) {
            sink.begin(batch.open(), Progress.START);
            work(sink);
            transport.answer(200);
            work(sink);
        }
        assertThat(sink.work(now)).isFalse();
        assertThat(sink.delivered()).isTrue();

        sink.begin(batch(List.of("b"), 1, 100).open(), Progress.START);
        assertThat(sink.delivered()).isFalse();
        assertThat(sink.progress()).isEqualTo(Progress.START);
    }

    @Test
    void shouldHaveNothingToDoWhereTheBatchWasDeliveredBefore() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "a"), 1, 100).open(), new Progress(2, 0));

        assertThat(sink.delivered()).isTrue();
        assertThat(sink.work(now)).isFalse();
        assertThat(transport.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 207, 299})
    void shouldTakeAnySuccessForDelivered(int status) {
        HttpSink sink = oneOfTwoUnderWay();

        transport.answer(status);
        work(sink);

        assertThat(sink.progress()).isEqualTo(new Progress(0, 1));
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
        assertThat(sink.status().lastError()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "408, RETRYING", "409, RETRYING", "425, RETRYING", "429, RETRYING", "500, RETRYING", "502, RETRYING",
        "503, RETRYING", "504, RETRYING", "599, RETRYING", "102, RETRYING", "600, RETRYING", "999, RETRYING",
        "300, FAILING", "301, FAILING", "302, FAILING", "304, FAILING", "307, FAILING", "308, FAILING",
        "401, FAILING", "403, FAILING", "404, FAILING", "405, FAILING"
    })
    void shouldSendTheSameAgainAfterAnAnswerThatMayPass(int status, SinkState state) {
        HttpSink sink = oneOfTwoUnderWay();

        for (int failure = 1; failure <= 40; failure++) {
            transport.answer(status);
            work(sink);
            assertThat(sink.status().state()).isEqualTo(state);
            assertThat(sink.status().lastError())
                    .contains("batch 7, bucket 0, first 0, count 1")
                    .contains("" + status);
            assertThat(sink.status().retries()).isEqualTo(failure);
            untilDue(sink);
            assertThat(transport.underWay()).hasSize(1);
        }
        assertThat(transport.all())
                .extracting(FakeTransport.Sent::headers)
                .containsOnly(transport.all().get(0).headers());
        assertThat(transport.all()).extracting(FakeTransport.Sent::text).containsOnly("a\n");

        transport.answer(200);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
        assertThat(sink.status().lastError()).isEmpty();
        assertThat(sink.progress()).isEqualTo(new Progress(0, 1));
    }

    @ParameterizedTest
    @EnumSource(Outcome.Kind.class)
    void shouldSendTheSameAgainWhenThereWasNoAnswer(Outcome.Kind kind) {
        HttpSink sink = oneOfTwoUnderWay();

        transport.end(transport.underWay().get(0), new Failed(kind, "what happened"));
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.RETRYING);
        assertThat(sink.status().lastError()).contains(kind.toString()).contains("what happened");
        untilDue(sink);

        assertThat(transport.all()).extracting(FakeTransport.Sent::key).containsOnly("\"edge-1-00c0ffee-api-7-0-0-1\"");
        assertThat(transport.underWay()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 402, 406, 410, 411, 413, 415, 418, 422, 431, 451})
    void shouldStopAtAPartThatIsRefusedForGood(int status) {
        HttpSink sink = sink(3);
        sink.begin(batch(List.of("a", "b", "c", "d", "e"), 1, 100).open(), Progress.START);
        work(sink);
        FakeTransport.Sent a = transport.underWay().get(0);
        FakeTransport.Sent b = transport.underWay().get(1);
        FakeTransport.Sent c = transport.underWay().get(2);

        transport.end(c, new Answered(503, "", ""));
        transport.end(b, new Answered(status, "", "no such\ncolumn"));
        work(sink);

        assertThat(sink.status().state()).isEqualTo(SinkState.STOPPED);
        assertThat(sink.status().lastError())
                .isEqualTo("batch 7, bucket 0, first 1, count 1 refused: status " + status
                        + ", \"no such column\"; nothing more is sent to this sink, a restart tries again from here");
        assertThat(sink.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);
        now += TimeUnit.HOURS.toNanos(1);
        assertThat(sink.work(now)).isFalse();
        assertThat(transport.all()).as("nothing new, nothing again").hasSize(3);

        transport.end(a, new Answered(200, "", ""));
        work(sink);
        assertThat(sink.progress()).as("what was under way may finish").isEqualTo(new Progress(0, 1));
        assertThat(sink.status().state()).isEqualTo(SinkState.STOPPED);
        assertThat(sink.status().lastError()).contains("first 1, count 1 refused");
        assertThat(transport.all()).hasSize(3);
    }

    @Test
    void shouldTryAgainAfterARestart() {
        HttpSink sink = oneOfTwoUnderWay();
        transport.answer(422);
        work(sink);

        TestBatch again = batch(List.of("a", "b"), 1, 100);
        sink.abandon();
        assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);
        sink.begin(again.open(), Progress.START);
        work(sink);

        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
        assertThat(transport.underWay()).hasSize(1);
    }

    @Test
    void shouldNotPileUpNewPartsInAnOutage() {
        HttpSink sink = sink(3);
        sink.begin(batch(distinct(20), 1, 100).open(), Progress.START);
        work(sink);

        for (int round = 0; round < 100; round++) {
            while (!transport.underWay().isEmpty()) {
                transport.answer(503);
            }
            work(sink);
            untilDue(sink);
        }
        assertThat(transport.all()).extracting(FakeTransport.Sent::first).containsOnly(0L, 1L, 2L);
    }

    @Test
    void shouldGiveOnlyOnePlaceToAnUnluckyPart() {
        HttpSink sink = sink(2);
        sink.begin(batch(distinct(100), 1, 100).open(), Progress.START);
        work(sink);
        now = 0;
        transport.end(transport.underWay().get(0), new Answered(503, "50", ""));
        work(sink);
        now = TimeUnit.SECONDS.toNanos(49);
        assertThat(sink.work(now)).as("Retry-After holds for the whole sink").isFalse();
        transport.answer(200);
        work(sink);
        assertThat(transport.underWay()).isEmpty();
        assertThat(sink.wakeAtNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(50));

        now = TimeUnit.SECONDS.toNanos(50);
        work(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::first).containsExactly(0L, 2L);
        FakeTransport.Sent unlucky = transport.underWay().get(0);
        for (int i = 0; i < 100; i++) {
            List<FakeTransport.Sent> others = new ArrayList<>(transport.underWay());
            others.remove(unlucky);
            others.forEach(other -> transport.end(other, new Answered(200, "", "")));
            work(sink);
        }
        assertThat(transport.all().get(transport.all().size() - 1).first())
                .as("not further ahead than the bound")
                .isEqualTo(HttpSink.AHEAD_PER_REQUEST * 2 - 1);
        assertThat(sink.progress()).isEqualTo(Progress.START);
    }

    @Test
    void shouldObeyRetryAfterUpToTheCap() {
        HttpSink sink = oneOfTwoUnderWay();
        now = 0;
        transport.end(transport.underWay().get(0), new Answered(429, "3600", ""));
        work(sink);

        assertThat(sink.wakeAtNanos()).isEqualTo(CAP.toNanos());
        assertThat(sink.work(CAP.toNanos() - 1)).isFalse();
        assertThat(sink.work(CAP.toNanos())).isTrue();
        assertThat(transport.underWay()).hasSize(1);
    }

    @Test
    void shouldReferToNothingOfABatchThatWasAbandoned() {
        HttpSink sink = sink(2);
        try (TestBatch batch = new TestBatch(distinct(10), 1, 100)) {
            sink.begin(batch.open(), Progress.START);
            work(sink);
            sink.abandon();
        }
        assertThat(transport.underWay()).hasSize(2);
        assertThat(sink.delivered()).isFalse();
        transport.end(transport.underWay().get(0), new Answered(400, "", ""));
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);

        sink.begin(batch(List.of("x", "y"), 1, 100).open(), Progress.START);
        work(sink);
        assertThat(transport.underWay())
                .as("a request of the batch before still holds a body, and so a place")
                .hasSize(2);
        transport.answer(200);
        work(sink);
        assertThat(sink.progress()).as("its answer is nothing to this batch").isEqualTo(Progress.START);
        assertThat(sink.status().records()).isZero();
        transport.answer(200);
        transport.answer(200);
        work(sink);
        assertThat(sink.delivered()).isTrue();
    }

    @Test
    void shouldNeverShowASecretThatAReceiverShowsIt() {
        HttpSink sink = sink(1, Map.of("Authorization", new Secret("Bearer s3cr3t-token")));
        sink.begin(batch(List.of("a"), 1, 100).open(), Progress.START);
        work(sink);
        transport.end(
                transport.underWay().get(0),
                new Answered(401, "", "bad token s3cr3t-token in \"Bearer s3cr3t-token\""));
        work(sink);

        assertThat(sink.status().lastError()).contains("bad token").doesNotContain("s3cr3t");
        assertThat(new PartRequest(transport.all().get(0).headers(), null).toString())
                .doesNotContain("s3cr3t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Idempotency-Key", "content-length", "Content-Type", "decant-batch", "Decant-New", "Host",
                "Transfer-Encoding", "Connection", "Expect", "bad name", "", "a:b"
            })
    void shouldRefuseAHeaderThatIsNotTheSettingsToSet(String header) {
        assertThatThrownBy(() -> sink(1, Map.of(header, new Secret("s3cr3t"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(header)
                .hasMessageNotContaining("s3cr3t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cr3t\r\nX: y", "s3cr3t\u0000", "s3cr3t\u20ac"})
    void shouldRefuseAHeaderValueThatCannotBeSentWithoutShowingIt(String value) {
        assertThatThrownBy(() -> sink(1, Map.of("X-Token", new Secret(value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X-Token")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    void shouldRefuseABatchThatItCannotDeliver() {
        HttpSink sink = sink(1);
        TestBatch elsewhere = batch(List.of("a"), new SinkShape("other", "http", "lines", 1, 1));
        TestBatch json = batch(List.of("a"), new SinkShape(TestBatch.SINK, "http", "json", 1, 1));
        TestBatch good = batch(List.of("a"), 1, 1);

        assertThatThrownBy(() -> sink.begin(elsewhere.open(), Progress.START))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sink.begin(json.open(), Progress.START))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("json");
        for (Progress nowhere : List.of(new Progress(0, 1), new Progress(1, 1), new Progress(2, 0))) {
            assertThatThrownBy(() -> sink.begin(good.open(), nowhere)).isInstanceOf(IllegalArgumentException.class);
        }
        sink.begin(good.open(), Progress.START);
        assertThatThrownBy(() -> sink.begin(good.open(), Progress.START)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldCloseItsTransport() {
        HttpSink sink = oneOfTwoUnderWay();
        sink.close();

        assertThat(transport.closed()).isTrue();
        assertThat(sink.work(now)).isFalse();
    }

    private HttpSink oneOfTwoUnderWay() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "b"), 1, 100).open(), Progress.START);
        work(sink);
        assertThat(transport.underWay()).hasSize(1);
        return sink;
    }

    private void untilDue(HttpSink sink) {
        assertThat(sink.wakeAtNanos()).isLessThanOrEqualTo(now + CAP.toNanos());
        now = Math.max(now, sink.wakeAtNanos());
        work(sink);
    }

    private void work(HttpSink sink) {
        while (sink.work(now)) {
            assertThat(transport.all()).hasSizeLessThan(10_000);
        }
    }

    private HttpSink sink(int concurrency) {
        return sink(concurrency, Map.of());
    }

    private HttpSink sink(int concurrency, Map<String, Secret> headers) {
        return sink(new HttpSinkSettings(
                URI.create("http://localhost/"),
                BodyFormat.LINES,
                "",
                1,
                new DataSize(1),
                concurrency,
                Duration.ofSeconds(1),
                CAP,
                headers));
    }

    private HttpSink sink(HttpSinkSettings settings) {
        return new HttpSink(
                TestBatch.SINK,
                settings,
                transport,
                allocator,
                new Random(1),
                InstantSource.fixed(NOW),
                () -> wakeUps++);
    }

    private TestBatch batch(List<String> records, long maxRecords, long maxBytes) {
        return kept(new TestBatch(records, maxRecords, maxBytes));
    }

    private TestBatch batch(List<String> records, SinkShape shape) {
        return kept(new TestBatch(records, shape));
    }

    private TestBatch kept(TestBatch batch) {
        batches.add(batch);
        return batch;
    }

    private static List<String> distinct(int count) {
        return IntStream.range(0, count).mapToObj(i -> "r" + i).toList();
    }
}
