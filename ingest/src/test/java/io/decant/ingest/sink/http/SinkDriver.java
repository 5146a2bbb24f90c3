package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.BodyFormat;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.ingest.sink.BuilderThreads;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.TestBatch;
import io.decant.ingest.sink.http.FakeTransport.Sent;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Delivers one batch through sinks that it drives, fails and restarts from one source of randomness, and looks after
 * every event at what must always hold.
 */
final class SinkDriver implements AutoCloseable {

    private static final Duration CAP = Duration.ofSeconds(5);
    private static final int[] FAILURES = {100, 301, 401, 403, 404, 405, 408, 409, 425, 429, 500, 503, 600};
    private static final String[] RETRY_AFTERS = {"", "", "", "0", "1", "3600", "soon", "Sun, 06 Nov 1994 08:49:37 GMT"
    };

    private final List<String> records;
    private final int maxRecords;
    private final int maxBytes;
    private final int concurrency;
    private final Random random;
    private final TestBatch batch;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

    /** What the receiver has taken, by idempotency key. */
    private final Map<String, Sent> taken = new HashMap<>();

    /** Every request by key: what a key stands for never changes. */
    private final Map<String, Sent> byKey = new HashMap<>();

    private final Set<Progress> boundaries = new LinkedHashSet<>(Set.of(Progress.START));
    private final List<FakeTransport> graves = new ArrayList<>();
    private FakeTransport transport;
    private HttpSink sink;

    /** Ends of the parts that this sink was told of as taken, by bucket and first. */
    private Map<Progress, Long> answered;

    /** Requests of batches that were abandoned in this sink. */
    private Set<Sent> ignored;

    private final List<Runnable> helpers = new ArrayList<>();
    private Progress from;
    private int seen;
    private long now;

    SinkDriver(List<String> records, int maxRecords, int maxBytes, int concurrency, Random random) {
        this.records = records;
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
        this.concurrency = concurrency;
        this.random = random;
        this.batch = new TestBatch(records, maxRecords, maxBytes);
        newSink();
        begin(Progress.START);
    }

    /** Every progress that any sink has shown. */
    Set<Progress> boundaries() {
        return boundaries;
    }

    boolean delivered() {
        return sink.delivered();
    }

    void anyEvent() {
        int choice = random.nextInt(100);
        if (choice % 5 == 0) {
            helpers.forEach(Runnable::run);
            helpers.clear();
        }
        if (choice < 50) {
            endAnyRequest(true);
        } else if (choice < 90) {
            passTime();
        } else if (choice < 94) {
            restartAt(anyBoundary());
        } else if (choice < 97) {
            abandonAndBeginAt(anyBoundary());
        }
        workAndCheck();
    }

    /** Nothing fails any more: the sink must come to the end by its own wake-ups. */
    void deliverTheRest() {
        workAndCheck();
        for (int round = 0; !sink.delivered(); round++) {
            assertThat(round).as("rounds without an end").isLessThan(10_000);
            if (transport.underWay().isEmpty()) {
                assertThat(sink.wakeAtNanos())
                        .as("the sink waits for nothing, and nobody else will wake it")
                        .isBetween(now, now + CAP.toNanos());
                now = sink.wakeAtNanos();
            } else {
                endAnyRequest(false);
            }
            workAndCheck();
        }
    }

    private Progress anyBoundary() {
        List<Progress> all = List.copyOf(boundaries);
        return all.get(random.nextInt(all.size()));
    }

    /** As after a crash: the sink is gone, its requests may still arrive; a new one goes on from an older mark. */
    void restartAt(Progress mark) {
        sink.abandon();
        newSink();
        begin(mark);
        workAndCheck();
    }

    private void abandonAndBeginAt(Progress mark) {
        sink.abandon();
        ignored.addAll(transport.underWay());
        begin(mark);
    }

    private void newSink() {
        if (transport != null) {
            graves.add(transport);
        }
        transport = new FakeTransport();
        ignored = new HashSet<>();
        seen = 0;
        HttpSinkSettings settings = new HttpSinkSettings(
                URI.create("http://localhost/"),
                BodyFormat.LINES,
                "",
                1 + random.nextInt(10),
                DataSize.ofKibibytes(1 + random.nextInt(10)),
                concurrency,
                Duration.ofSeconds(1),
                CAP,
                Map.of());
        sink = new HttpSink(
                TestBatch.SINK,
                settings,
                transport,
                allocator,
                random,
                InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z")),
                () -> {},
                new BuilderThreads(this::help, random.nextInt(3), random.nextInt(20)));
    }

    /** A pool that helps at once, later, never, or is closed. */
    private void help(Runnable task) {
        switch (random.nextInt(4)) {
            case 0 -> task.run();
            case 1 -> helpers.add(task);
            case 2 -> throw new RejectedExecutionException("closed");
            default -> {}
        }
    }

    private void begin(Progress mark) {
        from = mark;
        answered = new HashMap<>();
        sink.begin(batch.open(), mark, new FakeBox());
    }

    private void passTime() {
        long wake = sink.wakeAtNanos();
        if (wake != Long.MAX_VALUE && random.nextBoolean()) {
            now = Math.max(now, wake);
        } else {
            now += random.nextInt(100_000_000);
        }
    }

    private void endAnyRequest(boolean mayFail) {
        List<FakeTransport> living = new ArrayList<>(graves);
        living.add(transport);
        living.removeIf(each -> each.underWay().isEmpty());
        if (living.isEmpty()) {
            return;
        }
        FakeTransport at = living.get(random.nextInt(living.size()));
        Sent sent = at.underWay().get(random.nextInt(at.underWay().size()));
        int luck = mayFail ? random.nextInt(100) : 0;
        if (luck < 55) {
            taken.put(sent.key(), sent);
            if (at == transport && !ignored.contains(sent)) {
                answered.put(new Progress(sent.bucket(), sent.first()), sent.end());
            }
            at.end(sent, new Answered(200, "", ""));
        } else if (luck < 75) {
            // Whether the receiver took it is not known to the sink.
            if (random.nextBoolean()) {
                taken.put(sent.key(), sent);
            }
            Outcome.Kind[] kinds = Outcome.Kind.values();
            at.end(sent, new Failed(kinds[random.nextInt(kinds.length)], "bad luck"));
        } else {
            int status = FAILURES[random.nextInt(FAILURES.length)];
            at.end(sent, new Answered(status, RETRY_AFTERS[random.nextInt(RETRY_AFTERS.length)], "bad luck"));
        }
    }

    private void workAndCheck() {
        Progress before = sink.progress();
        do {
            assertThat(sink.progress().bucket()).isBetween(before.bucket(), batch.buckets());
        } while (sink.work(now));
        checkRequests();
        checkProgress();
    }

    private void checkRequests() {
        List<Sent> all = transport.all();
        for (Sent sent : all.subList(seen, all.size())) {
            Sent before = byKey.putIfAbsent(sent.key(), sent);
            if (before != null) {
                assertThat(sent.text()).isEqualTo(before.text());
                assertThat(sent.headers()).isEqualTo(before.headers());
            }
            long count = sent.end() - sent.first();
            assertThat(count).isBetween(1L, (long) maxRecords);
            assertThat(sent.text().length() <= maxBytes || count == 1).isTrue();
            assertThat(sent.text().chars().filter(c -> c == '\n').count()).isEqualTo(count);
            assertThat(sent.headers())
                    .containsEntry("Content-Length", "" + sent.text().length());
        }
        seen = all.size();
        assertThat(transport.underWay()).hasSizeLessThanOrEqualTo(concurrency);
        List<Sent> own = new ArrayList<>(transport.underWay());
        own.removeAll(ignored);
        for (int i = 0; i < own.size(); i++) {
            assertThat(own.get(i).bucket())
                    .as("nothing of a bucket before the one before it is answered whole")
                    .isEqualTo(sink.progress().bucket());
            for (int j = 0; j < i; j++) {
                assertThat(own.get(i).end() <= own.get(j).first()
                                || own.get(j).end() <= own.get(i).first())
                        .as("%s overlaps %s", own.get(i), own.get(j))
                        .isTrue();
            }
        }
    }

    /** Progress is exactly what is answered without a gap. */
    private void checkProgress() {
        int bucket = from.bucket();
        long first = from.first();
        while (bucket < batch.buckets()) {
            Long end = answered.get(new Progress(bucket, first));
            if (end == null) {
                break;
            }
            boolean whole = end == batch.records(bucket);
            first = whole ? 0 : end;
            bucket += whole ? 1 : 0;
        }
        assertThat(sink.progress()).isEqualTo(new Progress(bucket, first));
        assertThat(sink.delivered()).isEqualTo(bucket == batch.buckets());
        boundaries.add(sink.progress());
    }

    /** What was taken, each key once, is the batch: bucket by bucket, record by record, in order. */
    void checkEnd() {
        List<Map<Long, Sent>> parts = new ArrayList<>();
        for (int bucket = 0; bucket < batch.buckets(); bucket++) {
            parts.add(new TreeMap<>());
        }
        taken.values().forEach(sent -> parts.get(sent.bucket()).put(sent.first(), sent));
        assertThat(parts.stream().mapToInt(Map::size).sum())
                .as("no two keys begin at the same record")
                .isEqualTo(taken.size());
        List<String> delivered = new ArrayList<>();
        for (int bucket = 0; bucket < batch.buckets(); bucket++) {
            StringBuilder lines = new StringBuilder();
            parts.get(bucket).values().forEach(sent -> lines.append(sent.text()));
            assertThat(lines.toString()).isEqualTo(batch.lines(bucket));
            List<String> ofBucket =
                    Arrays.asList(lines.substring(0, lines.length() - 1).split("\n", -1));
            assertThat(ofBucket).doesNotHaveDuplicates();
            delivered.addAll(ofBucket);
        }
        assertThat(delivered).containsExactlyInAnyOrderElementsOf(records);
    }

    @Override
    public void close() {
        graves.add(transport);
        for (FakeTransport each : graves) {
            while (!each.underWay().isEmpty()) {
                each.answer(200);
            }
        }
        sink.close();
        batch.close();
        assertThat(allocator.metric().usedDirectMemory())
                .as("bytes of bodies that were not released")
                .isZero();
    }
}
