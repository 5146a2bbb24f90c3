package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.BodyFormat;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.BuilderThreads;
import io.decant.ingest.sink.Items;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.TestBatch;
import io.decant.ingest.sink.http.FakeTransport.Sent;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Delivers one batch to a receiver that refuses some records for good, in requests refused whole or item by item, and
 * that honours idempotency keys: a key that it has answered with a success gets that answer again. The sink crashes at
 * any time, and comes back to a mark that was synced, or to a newer one.
 */
final class RefusalDriver implements AutoCloseable {

    private static final Duration CAP = Duration.ofSeconds(5);

    private final TestBatch batch;
    private final Random random;
    private final Set<String> bad;
    private final boolean itemwise;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final Map<String, Answered> answeredKeys = new HashMap<>();
    private final Map<String, String> bodies = new HashMap<>();
    /** Records that the receiver took, and how often. */
    private final Map<String, Integer> taken = new HashMap<>();

    /** The dead letters that are synced, by place: one that comes again is known. */
    private final Map<String, DeadLetter> buried = new LinkedHashMap<>();

    /** Marks since the newest one that is known to be synced, that one first. */
    private final List<Progress> marks = new ArrayList<>(List.of(Progress.START));

    private FakeTransport transport;
    private FakeBox box;
    private HttpSink sink;
    private int buriedOfBox;
    private long now;
    int crashes;

    /** @param records distinct within a bucket, as buckets are; of format {@code json} where some are not JSON */
    RefusalDriver(
            List<String> records,
            Set<String> bad,
            boolean itemwise,
            String format,
            int maxRecords,
            int maxBytes,
            Random random) {
        this.batch = new TestBatch(records, new SinkShape(TestBatch.SINK, "http", format, maxRecords, maxBytes));
        this.bad = bad;
        this.itemwise = itemwise;
        this.random = random;
        restart(Progress.START);
    }

    boolean delivered() {
        return sink.delivered();
    }

    void anyEvent() {
        int choice = random.nextInt(100);
        if (choice < 55) {
            answerAny(true);
        } else if (choice < 75) {
            now += random.nextInt(100_000_000);
        } else if (choice < 85) {
            syncMark();
        } else if (choice < 92) {
            syncLetters();
        } else if (choice < 94) {
            box.full = !box.full;
        } else if (choice < 97) {
            crash();
        }
        work();
    }

    void deliverTheRest() {
        box.full = false;
        for (int round = 0; !sink.delivered(); round++) {
            assertThat(round).as("rounds without an end").isLessThan(20_000);
            answerAny(false);
            syncMark();
            syncLetters();
            if (transport.underWay().isEmpty() && sink.wakeAtNanos() != Long.MAX_VALUE) {
                now = Math.max(now, sink.wakeAtNanos());
            }
            work();
        }
        syncLetters();
    }

    private void work() {
        while (sink.work(now)) {
            Progress before = marks.get(marks.size() - 1);
            if (!before.equals(sink.progress())) {
                // What the writer of the journal insists on: it refuses a mark that says less than the one before it.
                assertThat(MarkOrder.isBeyond(sink.progress(), before))
                        .as("%s follows %s", sink.progress(), before)
                        .isTrue();
                marks.add(sink.progress());
            }
        }
        for (Sent sent : transport.all()) {
            String before = bodies.putIfAbsent(sent.key(), sent.text());
            assertThat(sent.text())
                    .as("the body under %s", sent.key())
                    .isEqualTo(before == null ? sent.text() : before);
        }
    }

    private void syncMark() {
        Progress newest = sink.progress();
        marks.clear();
        marks.add(newest);
        sink.progressDurable(newest);
    }

    private void syncLetters() {
        box.sync();
        for (; buriedOfBox < box.letters.size(); buriedOfBox++) {
            DeadLetter letter = box.letters.get(buriedOfBox);
            buried.putIfAbsent(letter.bucket() + "/" + letter.ordinal(), letter);
        }
    }

    /** Letters that are not synced are gone, and all marks behind some point; requests under way still arrive. */
    private void crash() {
        crashes++;
        while (!transport.underWay().isEmpty()) {
            answerAny(true);
        }
        Progress back = marks.get(random.nextInt(marks.size()));
        sink.close();
        restart(back);
    }

    private void restart(Progress from) {
        transport = new FakeTransport();
        box = new FakeBox();
        box.syncsAtOnce = false;
        buriedOfBox = 0;
        marks.clear();
        marks.add(from);
        HttpSinkSettings settings = new HttpSinkSettings(
                URI.create("http://localhost/"),
                BodyFormat.LINES,
                "",
                1 + random.nextInt(10),
                DataSize.ofKibibytes(1),
                1 + random.nextInt(4),
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
                new BuilderThreads(random.nextBoolean() ? Runnable::run : task -> {}, random.nextInt(2), 0));
        sink.begin(batch.open(), from, box);
    }

    private void answerAny(boolean mayFail) {
        if (transport.underWay().isEmpty()) {
            return;
        }
        Sent sent = transport.underWay().get(random.nextInt(transport.underWay().size()));
        int luck = mayFail ? random.nextInt(100) : 0;
        if (luck < 70) {
            transport.end(sent, answer(sent));
        } else if (luck < 85) {
            // The answer is lost, after the receiver acted on it or before.
            if (random.nextBoolean()) {
                answer(sent);
            }
            transport.end(sent, new Failed(Outcome.Kind.RESET, "bad luck"));
        } else {
            transport.end(sent, new Answered(503, "", "bad luck"));
        }
    }

    private Answered answer(Sent sent) {
        Answered before = answeredKeys.get(sent.key());
        if (before != null) {
            return before;
        }
        List<String> records = records(sent);
        boolean someBad = !Collections.disjoint(records, bad);
        if (itemwise && (someBad || random.nextInt(4) == 0) && !bad.containsAll(records)) {
            Items.Builder items = new Items.Builder();
            boolean any = false;
            for (String record : records) {
                boolean refused = bad.contains(record);
                boolean later = !refused && random.nextInt(4) == 0;
                items.add(refused ? 422 : later ? 503 : 200, "item");
                if (!refused && !later) {
                    any = true;
                    taken.merge(sent.bucket() + "/" + record, 1, Integer::sum);
                }
            }
            Answered answer = new Answered(207, "", "{", items.build());
            if (any) {
                answeredKeys.put(sent.key(), answer);
            }
            return answer;
        }
        // A receiver's own limits come and go: what was too much once may be taken the next time.
        boolean tooMuch = records.size() > 1 && random.nextInt(6) == 0;
        if (someBad || tooMuch) {
            return new Answered(tooMuch ? 413 : 400, "", "bad");
        }
        records.forEach(record -> taken.merge(sent.bucket() + "/" + record, 1, Integer::sum));
        Answered answer = new Answered(200, "", "");
        answeredKeys.put(sent.key(), answer);
        return answer;
    }

    private static List<String> records(Sent sent) {
        String text = sent.text();
        return text.startsWith("[")
                ? List.of(text.substring(1, text.length() - 1).split(",", -1))
                : List.of(text.substring(0, text.length() - 1).split("\n", -1));
    }

    /** Every record of the batch was taken exactly once, or is among the dead letters exactly once. */
    void checkEnd() {
        Map<String, Integer> expected = new HashMap<>();
        Set<String> letters = new HashSet<>();
        buried.values().forEach(letter -> {
            String record = new String(letter.record(), StandardCharsets.ISO_8859_1);
            letters.add(letter.bucket() + "/" + record);
        });
        for (int bucket = 0; bucket < batch.buckets(); bucket++) {
            String lines = batch.lines(bucket);
            for (String record : lines.substring(0, lines.length() - 1).split("\n", -1)) {
                String place = bucket + "/" + record;
                boolean dead = bad.contains(record) || record.startsWith("!");
                assertThat(letters.contains(place))
                        .as("%s is a dead letter", place)
                        .isEqualTo(dead);
                if (!dead) {
                    expected.put(place, 1);
                }
            }
        }
        assertThat(taken).isEqualTo(expected);
        assertThat(letters).hasSize(buried.size());
    }

    @Override
    public void close() {
        while (!transport.underWay().isEmpty()) {
            transport.answer(200);
        }
        sink.close();
        batch.close();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }
}
