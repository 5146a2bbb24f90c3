package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AuthSettings;
import io.decant.config.BodyFormat;
import io.decant.config.Compression;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Secret;
import io.decant.config.TlsSettings;
import io.decant.ingest.sink.BuilderThreads;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.TestBatch;
import io.decant.ingest.sink.http.RawReceiver.Connection;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sink on real sockets before a receiver that does everything wrong, over and over, and now and then something right:
 * all is delivered, bucket by bucket, in bounded memory.
 */
class HellishReceiverTest extends TransportHarness {

    private static final int CONCURRENCY = 4;
    private static final int BODY_BYTES_MAX = 1 << 10;
    /** How often each request goes wrong, on average. */
    private static final int MISDEEDS_PER_SUCCESS = 2;

    /** What a receiver can do to a request that it has read, or not even that. */
    private enum Misdeed implements RawReceiver.Script {
        HANG_BEFORE_READING {
            @Override
            public void play(Connection connection) throws IOException {
                connection.awaitClose();
            }
        },
        HANG_AFTER_HEADERS {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
                connection.awaitClose();
            }
        },
        RESET_IN_MID_ANSWER {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
                connection.reset();
            }
        },
        CLOSE_WITHOUT_ANSWER {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
            }
        },
        SPEAK_SMTP {
            @Override
            public void play(Connection connection) throws IOException {
                connection.send("220 smtp.example ESMTP\r\n\r\n");
                connection.awaitClose();
            }
        },
        REDIRECT {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.answer(307, "Location: http://127.0.0.1:1/elsewhere\r\n", "");
            }
        },
        ANSWER_BEFORE_READING {
            @Override
            public void play(Connection connection) throws IOException {
                connection.answer(503, "", "busy");
                connection.awaitClose();
            }
        },
        ANSWER_A_GIBIBYTE {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.send("HTTP/1.1 500 No\r\nContent-Length: " + (1 << 30) + "\r\n\r\n");
                byte[] chunk = new byte[1 << 16];
                for (int i = 0; i < 1 << 14; i++) {
                    connection.send(chunk);
                }
            }
        },
        RETRY_AFTER_A_YEAR {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.answer(429, "Retry-After: 31536000\r\n", "");
            }
        },
        RETRY_AFTER_YESTERDAY {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.answer(503, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "");
            }
        },
        INTERIM_THEN_BUSY {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.send("HTTP/1.1 102 Processing\r\n\r\n".repeat(3));
                connection.answer(503, "", "");
            }
        },
        TWO_ANSWERS {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                        .concat("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"));
            }
        },
        HEADER_WITHOUT_END {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.send("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(1 << 15));
                connection.awaitClose();
            }
        },
        ITEMS_BROKEN_OFF {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.send("HTTP/1.0 200 OK\r\n\r\n{\"errors\":true,\"items\":[{\"status\":201},");
            }
        },
        BROKEN_CHUNKS {
            @Override
            public void play(Connection connection) throws IOException {
                connection.readRequest();
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nnope\r\n");
                connection.awaitClose();
            }
        }
    }

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final List<RawReceiver.Received> taken = new ArrayList<>();
    private final Semaphore wakeUps = new Semaphore(0);
    private long memoryMax;

    @ParameterizedTest
    @EnumSource(Misdeed.class)
    void shouldDeliverAllAfterEachMisdeed(Misdeed misdeed) throws Exception {
        deliver(Compression.NONE, List.of(misdeed));
    }

    @Test
    void shouldDeliverAllAmongEveryMisdeed() throws Exception {
        deliver(Compression.GZIP, List.of(Misdeed.values()));
    }

    private void deliver(Compression compression, List<Misdeed> misdeeds) throws Exception {
        Random dice = new Random(1);
        RawReceiver receiver = receiver(connection -> {
            Misdeed misdeed;
            synchronized (dice) {
                boolean good = dice.nextInt(MISDEEDS_PER_SUCCESS + 1) == 0;
                misdeed = good ? null : misdeeds.get(dice.nextInt(misdeeds.size()));
            }
            if (misdeed == null) {
                RawReceiver.Received request = connection.takeRequest();
                synchronized (taken) {
                    taken.add(request);
                }
                connection.answer(200, "Connection: close\r\n", "garbage \u0000\u00ff {");
            } else {
                misdeed.play(connection);
            }
        });
        List<String> records = IntStream.range(0, 300)
                .mapToObj(i -> "key-" + i % 100 + "x".repeat(i % 50))
                .toList();
        try (TestBatch batch = new TestBatch(records, 10, BODY_BYTES_MAX)) {
            HttpSink sink = sink(settings(receiver, compression));
            resources.add(sink);
            sink.begin(batch.open(), Progress.START, new FakeBox());
            drive(sink);

            assertThat(bodies(compression)).isEqualTo(expected(batch));
        }
        assertThat(memoryMax)
                .as("no more bodies than requests under way")
                .isLessThanOrEqualTo(CONCURRENCY * 2L * (BODY_BYTES_MAX + (8 << 10)));
        await(() -> allocator.metric().usedDirectMemory() == 0);
    }

    private void drive(HttpSink sink) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!sink.delivered()) {
            long now = System.nanoTime();
            assertThat(now).as(() -> sink.progress() + ", " + sink.status()).isLessThan(deadline);
            while (sink.work(now) && !sink.delivered()) {
                memoryMax = Math.max(memoryMax, allocator.metric().usedDirectMemory());
            }
            if (!sink.delivered()) {
                long wait = Math.min(sink.wakeAtNanos() - now, TimeUnit.SECONDS.toNanos(1));
                if (wakeUps.tryAcquire(Math.max(wait, 0), TimeUnit.NANOSECONDS)) {
                    wakeUps.drainPermits();
                }
            }
        }
    }

    /**
     * Each part once, though the receiver may have taken one twice, by bucket, then place; and no bucket before its
     * time.
     */
    private List<String> bodies(Compression compression) throws IOException {
        List<RawReceiver.Received> requests;
        synchronized (taken) {
            requests = List.copyOf(taken);
        }
        Map<String, String> byPlace = new TreeMap<>();
        int bucket = 0;
        for (RawReceiver.Received request : requests) {
            int of = Integer.parseInt(request.headers().get("Decant-Bucket"));
            byte[] wire = request.body().getBytes(StandardCharsets.ISO_8859_1);
            byte[] body = compression == Compression.GZIP
                    ? new GZIPInputStream(new ByteArrayInputStream(wire)).readAllBytes()
                    : wire;
            String place = String.format(
                    "%06d-%09d", of, Long.parseLong(request.headers().get("Decant-First")));
            String text = new String(body, StandardCharsets.ISO_8859_1);
            assertThat(byPlace.getOrDefault(place, text))
                    .as("the same key, the same body")
                    .isEqualTo(text);
            if (byPlace.put(place, text) == null) {
                assertThat(of).as("the bucket of what came for the first time").isGreaterThanOrEqualTo(bucket);
                bucket = of;
            }
        }
        List<String> buckets = new ArrayList<>();
        byPlace.forEach((place, text) -> {
            int of = Integer.parseInt(place.substring(0, 6));
            if (of == buckets.size()) {
                buckets.add(text);
            } else {
                buckets.set(of, buckets.get(of) + text);
            }
        });
        return buckets;
    }

    private static List<String> expected(TestBatch batch) {
        return IntStream.range(0, batch.buckets()).mapToObj(batch::lines).toList();
    }

    private HttpSink sink(HttpSinkSettings settings) {
        return new HttpSink(
                TestBatch.SINK,
                settings,
                new VertxHttpTransport(vertx, settings),
                allocator,
                new Random(2),
                InstantSource.system(),
                wakeUps::release,
                BuilderThreads.NONE);
    }

    private static HttpSinkSettings settings(RawReceiver receiver, Compression compression) {
        return new HttpSinkSettings(
                receiver.url("http", "localhost"),
                BodyFormat.LINES,
                "",
                10,
                DataSize.ofKibibytes(1),
                CONCURRENCY,
                SHORT,
                // A cap for every wait, so for the year as well.
                Duration.ofMillis(20),
                1_000,
                compression,
                TlsSettings.NONE,
                AuthSettings.NONE,
                Secret.NONE,
                Map.of());
    }
}
