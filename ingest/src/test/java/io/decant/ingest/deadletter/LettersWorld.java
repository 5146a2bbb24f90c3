package io.decant.ingest.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Dead letters of two sinks on real files, in one thread and under a clock of its own. */
final class LettersWorld {

    static final String JOURNAL = "0badcafe";
    static final String TODAY = "2026-11-21.ndjson";
    static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final Path dataDir;
    /** By sink, the last batch that no restart comes back to. */
    final Map<String, Long> settled = new HashMap<>();

    long nowMillis = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();
    private long nowNanos;
    long bytesMax = 1 << 20;
    int woken;
    BreakableLetterStore store;
    DeadLetters letters;

    LettersWorld(Path dataDir) {
        this.dataDir = dataDir;
        start();
    }

    /** As after a crash: what is on the disk is what there is. */
    void start() {
        store = new BreakableLetterStore(new FileDeadLetterStore(dataDir));
        letters = new DeadLetters(
                store,
                JOURNAL,
                List.of("api", "archive"),
                bytesMax,
                () -> Instant.ofEpochMilli(nowMillis),
                this::settled,
                letter -> letter.batch() <= settled(letter.sink()),
                () -> woken++);
    }

    private long settled(String sink) {
        return sink.isEmpty()
                ? Math.min(settled.getOrDefault("api", 0L), settled.getOrDefault("archive", 0L))
                : settled.getOrDefault(sink, 0L);
    }

    void work() {
        for (int turn = 0; letters.work(nowNanos); turn++) {
            assertThat(turn).as("turns").isLessThan(10_000);
        }
        assertThat(letters.wakeAtNanos()).as("time of the next turn").isGreaterThan(nowNanos);
    }

    void second() {
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        nowMillis += 1000;
        work();
    }

    static DeadLetter letter(String sink, long batch, long ordinal, String record) {
        return new DeadLetter(sink, batch, 0, ordinal, Reason.REFUSED, 400, "no", record.getBytes(UTF_8), null);
    }

    List<String> records() throws IOException {
        return records(DeadLetterReader.ofDays(store));
    }

    private static List<String> records(DeadLetterReader reader) throws IOException {
        List<String> records = new ArrayList<>();
        try (reader) {
            for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                records.add(
                        line.isDamaged()
                                ? "damaged"
                                : new String(line.filed().letter().record(), UTF_8));
            }
        }
        return records;
    }

    List<String> replay(String id) throws IOException {
        return records(DeadLetterReader.of(store, List.of(LetterFiles.replay(id))));
    }

    Path file(String name) {
        return dataDir.resolve("dlq").resolve(name);
    }

    /** Day by day a1 a2; z1 a3 z2; a4 unsettled. */
    void threeDays() {
        letters.box("api").offer(letter("api", 1, 0, "a1"));
        letters.box("api").offer(letter("api", 1, 1, "a2"));
        work();
        nowMillis += DAY_MILLIS;
        letters.box("archive").offer(letter("archive", 1, 1, "z1"));
        work();
        letters.box("api").offer(letter("api", 2, 0, "a3"));
        work();
        letters.box("archive").offer(letter("archive", 2, 1, "z2"));
        work();
        nowMillis += DAY_MILLIS;
        letters.box("api").offer(letter("api", 2, 1, "a4"));
        letters.box("api").offer(letter("api", 3, 0, "unsettled"));
        work();
        settled.put("api", 2L);
        settled.put("archive", 2L);
    }
}
