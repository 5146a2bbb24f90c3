package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AuthSettings;
import io.decant.config.BodyFormat;
import io.decant.config.Compression;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Secret;
import io.decant.config.TlsSettings;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.BuilderThreads;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.TestBatch;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** What tests of {@link HttpSink} share: a transport whose answers they choose, and a clock that they move. */
abstract class HttpSinkHarness {
    static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    static final Duration CAP = Duration.ofMinutes(1);

    final FakeTransport transport = new FakeTransport();
    final FakeBox box = new FakeBox();
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    final List<TestBatch> batches = new ArrayList<>();
    int wakeUps;
    long now = 1_000_000;

    @AfterEach
    void everythingIsReleased() {
        while (!transport.underWay().isEmpty()) {
            transport.answer(200);
        }
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        batches.forEach(TestBatch::close);
    }

    HttpSink oneOfTwoUnderWay() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "b"), 1, 100).open(), Progress.START, box);
        work(sink);
        assertThat(transport.underWay()).hasSize(1);
        return sink;
    }

    void untilDue(HttpSink sink) {
        assertThat(sink.wakeAtNanos()).isLessThanOrEqualTo(now + CAP.toNanos());
        now = Math.max(now, sink.wakeAtNanos());
        work(sink);
    }

    void work(HttpSink sink) {
        while (sink.work(now)) {
            assertThat(transport.all()).hasSizeLessThan(10_000);
        }
    }

    HttpSink sink(int concurrency) {
        return sink(concurrency, Map.of());
    }

    HttpSink sink(int concurrency, Map<String, Secret> headers) {
        return sink(settings(concurrency, headers));
    }

    private static HttpSinkSettings settings(int concurrency, Map<String, Secret> headers) {
        return new HttpSinkSettings(
                URI.create("http://localhost/"),
                BodyFormat.LINES,
                "",
                1,
                DataSize.ofKibibytes(1),
                concurrency,
                Duration.ofSeconds(1),
                CAP,
                headers);
    }

    static HttpSinkSettings with(Compression compression, AuthSettings auth) {
        return new HttpSinkSettings(
                URI.create("http://localhost/"),
                BodyFormat.LINES,
                "",
                1,
                DataSize.ofKibibytes(1),
                1,
                Duration.ofSeconds(1),
                CAP,
                1_000,
                compression,
                TlsSettings.NONE,
                auth,
                new Secret("whsec_" + "c2VjcmV0".repeat(4)),
                Map.of());
    }

    HttpSink sink(int concurrency, ByteBufAllocator of) {
        return sink(settings(concurrency, Map.of()), of);
    }

    HttpSink sink(HttpSinkSettings settings) {
        return sink(settings, allocator);
    }

    HttpSink sink(HttpSinkSettings settings, ByteBufAllocator of) {
        return new HttpSink(
                TestBatch.SINK,
                settings,
                transport,
                of,
                new Random(1),
                InstantSource.fixed(NOW),
                () -> wakeUps++,
                BuilderThreads.NONE);
    }

    TestBatch batch(List<String> records, long maxRecords, long maxBytes) {
        return kept(new TestBatch(records, maxRecords, maxBytes));
    }

    TestBatch batch(List<String> records, SinkShape shape) {
        return kept(new TestBatch(records, shape));
    }

    TestBatch kept(TestBatch batch) {
        batches.add(batch);
        return batch;
    }

    static List<String> distinct(int count) {
        return IntStream.range(0, count).mapToObj(i -> "r" + i).toList();
    }
}
