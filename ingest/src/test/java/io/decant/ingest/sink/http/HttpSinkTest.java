package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.decant.config.AuthSettings;
import io.decant.config.BodyFormat;
import io.decant.config.Compression;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Secret;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;
import io.decant.ingest.sink.TestBatch;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpSinkTest extends HttpSinkHarness {

    @Test
    void shouldSendEveryHeaderOfTheContract() {
        HttpSink sink = sink(1, Map.of("Authorization", new Secret("Bearer abc")));
        sink.begin(batch(List.of("a", "bb", "a"), 10, 100).open(), Progress.START, box);
        work(sink);
        transport.answer(200);
        work(sink);

        assertThat(transport.all().get(0).headers())
                .containsExactly(
                        entry("User-Agent", "Decant"),
                        entry("Accept-Encoding", "identity"),
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
                DataSize.ofKibibytes(1),
                1,
                Duration.ofSeconds(1),
                CAP,
                Map.of("user-agent", new Secret("mine")));
        HttpSink sink = sink(settings);
        sink.begin(batch(List.of("a"), 10, 100).open(), Progress.START, box);
        work(sink);

        assertThat(transport.all().get(0).headers())
                .contains(entry("Content-Type", "text/csv"), entry("user-agent", "mine"))
                .doesNotContainKey("User-Agent");
    }

    @Test
    void shouldAuthorizeEachRequest() {
        HttpSink sink = sink(with(Compression.NONE, new AuthSettings(new Secret("decant:hunter2"), Secret.NONE)));
        sink.begin(batch(List.of("a"), 10, 100).open(), Progress.START, box);
        work(sink);

        assertThat(transport.all().get(0).headers()).containsEntry("Authorization", "Basic ZGVjYW50Omh1bnRlcjI=");
    }

    @Test
    void shouldSendTheSameCompressedBodyAgain() {
        HttpSink sink = sink(with(Compression.GZIP, AuthSettings.NONE));
        sink.begin(batch(List.of("a", "b"), 10, 100).open(), Progress.START, box);
        work(sink);
        transport.answer(503);
        work(sink);
        untilDue(sink);

        assertThat(transport.all()).hasSize(2);
        assertThat(transport.all().get(1).text())
                .isEqualTo(transport.all().get(0).text());
        assertThat(transport.all().get(0).headers()).containsEntry("Content-Encoding", "gzip");
        transport.answer(200);
        work(sink);
        assertThat(sink.status().bytes()).as("before they are compressed").isEqualTo(4);
    }

    @Test
    void shouldMakeALargeRecordAPartOfItsOwn() {
        HttpSink sink = sink(4);
        sink.begin(batch(List.of("aa", "b", "c".repeat(100), "d", "e"), 10, 5).open(), Progress.START, box);
        work(sink);

        assertThat(transport.all())
                .extracting(FakeTransport.Sent::text)
                .containsExactly("aa\nb\n", "c".repeat(100) + "\n", "d\ne\n");
    }

    @Test
    void shouldBeginABucketOnlyWhenTheOneBeforeItIsAnsweredWhole() {
        HttpSink sink = sink(2);
        sink.begin(batch(List.of("a", "b", "a", "b"), 1, 100).open(), Progress.START, box);
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
            sink.begin(batch.open(), Progress.START, box);
            work(sink);
            transport.answer(200);
            work(sink);
        }
        assertThat(sink.work(now)).isFalse();
        assertThat(sink.delivered()).isTrue();

        sink.begin(batch(List.of("b"), 1, 100).open(), Progress.START, box);
        assertThat(sink.delivered()).isFalse();
        assertThat(sink.progress()).isEqualTo(Progress.START);
    }

    @Test
    void shouldHaveNothingToDoWhereTheBatchWasDeliveredBefore() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "a"), 1, 100).open(), new Progress(2, 0), box);

        assertThat(sink.delivered()).isTrue();
        assertThat(sink.work(now)).isFalse();
        assertThat(transport.all()).isEmpty();
    }

    @Test
    void shouldReferToNothingOfABatchThatWasAbandoned() {
        HttpSink sink = sink(2);
        try (TestBatch batch = new TestBatch(distinct(10), 1, 100)) {
            sink.begin(batch.open(), Progress.START, box);
            work(sink);
            sink.abandon();
        }
        assertThat(transport.underWay()).hasSize(2);
        assertThat(sink.delivered()).isFalse();
        transport.end(transport.underWay().get(0), new Answered(400, "", ""));
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);

        sink.begin(batch(List.of("x", "y"), 1, 100).open(), Progress.START, box);
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
    void shouldRefuseABatchThatItCannotDeliver() {
        HttpSink sink = sink(1);
        TestBatch elsewhere = batch(List.of("a"), new SinkShape("other", "http", "lines", 1, 1));
        TestBatch avro = batch(List.of("a"), new SinkShape(TestBatch.SINK, "http", "avro", 1, 1));
        TestBatch good = batch(List.of("a"), 1, 1);

        assertThatThrownBy(() -> sink.begin(elsewhere.open(), Progress.START, box))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sink.begin(avro.open(), Progress.START, box))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("avro");
        for (Progress nowhere : List.of(new Progress(0, 1), new Progress(1, 1), new Progress(2, 0))) {
            assertThatThrownBy(() -> sink.begin(good.open(), nowhere, box))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        sink.begin(good.open(), Progress.START, box);
        assertThatThrownBy(() -> sink.begin(good.open(), Progress.START, box))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldCloseItsTransport() {
        HttpSink sink = oneOfTwoUnderWay();
        sink.close();

        assertThat(transport.closed()).isTrue();
        assertThat(sink.work(now)).isFalse();
    }
}
