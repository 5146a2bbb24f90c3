package io.decant.ingest.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.deadletter.DeadLetters.Claimed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one thread makes of the letters of two sinks, on real files. */
class DeadLettersTest {

    private static final String JOURNAL = "0badcafe";
    private static final String TODAY = "2026-11-21.ndjson";
    private static final long MINUTE = 60_000;

    @TempDir
    Path dataDir;

    private final Map<String, Long> settled = new HashMap<>();
    private long nowMillis = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();
    private long nowNanos;
    private long bytesMax = 1 << 20;
    private int woken;
    private BreakableLetterStore store;
    private DeadLetters letters;

    @BeforeEach
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
                () -> {},
                () -> woken++);
    }

    private long settled(String sink) {
        return sink.isEmpty()
                ? Math.min(settled.getOrDefault("api", 0L), settled.getOrDefault("archive", 0L))
                : settled.getOrDefault(sink, 0L);
    }

    private void work() {
        for (int turn = 0; letters.work(nowNanos); turn++) {
            assertThat(turn).as("turns").isLessThan(10_000);
        }
        assertThat(letters.wakeAtNanos()).as("time of the next turn").isGreaterThan(nowNanos);
    }

    private void second() {
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        nowMillis += 1000;
        work();
    }

    private static DeadLetter letter(String sink, long batch, long ordinal, String record) {
        return new DeadLetter(sink, batch, 0, ordinal, Reason.REFUSED, 400, "no", record.getBytes(UTF_8), null);
    }

    private List<String> records() throws IOException {
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

    private Path file(String name) {
        return dataDir.resolve("dlq").resolve(name);
    }

    @Test
    void shouldMakeNoFolderBeforeThereIsALetter() {
        work();
        assertThat(dataDir).isEmptyDirectory();
    }

    @Test
    void shouldTellALaneWhatIsSynced() throws IOException {
        DeadLetterBox api = letters.box("api");
        DeadLetterBox archive = letters.box("archive");
        assertThat(api.offer(letter("api", 1, 0, "a"))).isTrue();
        assertThat(api.offer(letter("api", 1, 5, "b"))).isTrue();
        assertThat(archive.offer(letter("archive", 1, 5, "b"))).isTrue();
        assertThat(api.synced()).isZero();
        work();
        assertThat(api.synced()).isEqualTo(2);
        assertThat(archive.synced()).isEqualTo(1);
        assertThat(woken).isPositive();
        assertThat(records()).containsExactly("a", "b", "b");
        assertThat(letters.letters()).isEqualTo(3);
        assertThat(letters.bytes()).isEqualTo(Files.size(file(TODAY)));
        assertThat(letters.written().get("api"))
                .containsEntry(Reason.REFUSED, 2L)
                .containsEntry(Reason.NOT_JSON, 0L);
        assertThat(letters.written().get("")).containsOnlyKeys(Reason.MISSING_KEY);
    }

    @Test
    void shouldTakeOnlySoManyLettersAhead() {
        DeadLetterBox box = letters.box("api");
        int taken = 0;
        while (box.offer(letter("api", 1, taken, "x"))) {
            taken++;
        }
        assertThat(taken).isEqualTo(LetterQueue.LETTERS_MAX);
        work();
        assertThat(box.synced()).isEqualTo(taken);
        assertThat(box.offer(letter("api", 1, taken, "x"))).isTrue();
    }

    @Test
    void shouldTakeOnlySoManyBytesAheadButAnyLetterAlone() {
        DeadLetterBox box = letters.box("api");
        DeadLetter large = letter("api", 1, 0, "x".repeat(5 << 20));
        assertThat(box.offer(large)).isTrue();
        assertThat(box.offer(letter("api", 1, 1, "y"))).isFalse();
        bytesMax = 8 << 20;
        start();
        box = letters.box("api");
        box.offer(large);
        work();
        assertThat(box.offer(letter("api", 1, 1, "y"))).isTrue();
    }

    @Test
    void shouldWriteARecordWithoutKeyOnceThoughEveryLaneLeavesIt() throws IOException {
        DeadLetter keyless = DeadLetter.withoutKey(1, 0, "k".getBytes(UTF_8), null);
        letters.box("api").offer(keyless);
        letters.box("archive").offer(keyless);
        work();
        assertThat(letters.box("api").synced()).isEqualTo(1);
        assertThat(letters.box("archive").synced()).isEqualTo(1);
        assertThat(records()).containsExactly("k");
        settled.put("api", 1L);
        letters.box("api").offer(letter("api", 2, 0, "a"));
        letters.box("archive").offer(keyless);
        work();
        assertThat(records()).containsExactly("k", "a");
    }

    @Test
    void shouldNotWriteAgainWhatWasWrittenBeforeACrash() throws IOException {
        letters.box("api").offer(letter("api", 1, 0, "settled"));
        letters.box("api").offer(letter("api", 2, 0, "a"));
        letters.box("api").offer(letter("api", 2, 7, "b"));
        work();
        settled.put("api", 1L);
        start();
        DeadLetterBox box = letters.box("api");
        box.offer(letter("api", 2, 0, "a"));
        box.offer(letter("api", 2, 3, "new"));
        box.offer(letter("api", 2, 7, "b"));
        work();
        assertThat(box.synced()).isEqualTo(3);
        assertThat(records()).containsExactly("settled", "a", "b", "new");
        assertThat(letters.letters()).isEqualTo(4);
    }

    @Test
    void shouldTellTheLettersOfAnotherJournalFromThese() throws IOException {
        letters.box("api").offer(letter("api", 1, 0, "a"));
        work();
        String other = Files.readString(file(TODAY)).replace(JOURNAL, "12345678");
        Files.writeString(file(TODAY), other);
        start();
        letters.box("api").offer(letter("api", 1, 0, "a"));
        work();
        assertThat(records()).containsExactly("a", "a");
    }

    @Test
    void shouldCutOffATornLineWhereverItIsTorn() throws IOException {
        letters.box("api").offer(letter("api", 1, 0, "whole"));
        work();
        byte[] whole = Files.readAllBytes(file(TODAY));
        letters.box("api").offer(letter("api", 1, 1, "torn"));
        work();
        byte[] both = Files.readAllBytes(file(TODAY));
        for (int length = whole.length; length < both.length; length++) {
            Files.write(file(TODAY), Arrays.copyOf(both, length));
            start();
            letters.box("api").offer(letter("api", 1, 1, "again"));
            work();
            assertThat(records()).containsExactly("whole", "again");
        }
    }

    @Test
    void shouldLeaveDamagedLinesAndForeignFilesWhereTheyAre() throws IOException {
        letters.box("api").offer(letter("api", 1, 0, "a"));
        work();
        Files.writeString(file(TODAY), "not a letter\n", StandardOpenOption.APPEND);
        Files.writeString(file("notes.txt"), "mine");
        start();
        letters.box("api").offer(letter("api", 1, 1, "b"));
        work();
        assertThat(records()).containsExactly("a", "damaged", "b");
        assertThat(letters.letters()).isEqualTo(2);
        assertThat(letters.bytes()).isEqualTo(Files.size(file(TODAY)));
        assertThat(file("notes.txt")).hasContent("mine");
    }

    @Test
    void shouldBeginAFileAtMidnightAndNeverGoBack() throws IOException {
        nowMillis = Instant.parse("2026-11-21T23:59:59.999Z").toEpochMilli();
        letters.box("api").offer(letter("api", 1, 0, "today"));
        work();
        nowMillis++;
        letters.box("api").offer(letter("api", 1, 1, "tomorrow"));
        work();
        nowMillis -= 10 * MINUTE;
        letters.box("api").offer(letter("api", 1, 2, "set back"));
        work();
        assertThat(Files.readAllLines(file(TODAY))).hasSize(1);
        assertThat(Files.readAllLines(file("2026-11-22.ndjson"))).hasSize(2);
        assertThat(records()).containsExactly("today", "tomorrow", "set back");
    }

    @Test
    void shouldWriteIntoANewFileWhereSomebodyTookTheDaysAway() throws IOException {
        letters.box("api").offer(letter("api", 1, 0, "a"));
        work();
        Files.delete(file(TODAY));
        letters.box("api").offer(letter("api", 1, 1, "b"));
        work();
        assertThat(records()).containsExactly("b");
        assertThat(letters.letters()).isEqualTo(1);
    }

    @Test
    void shouldWaitAtTheBoundAndGoOnOnceSomethingIsRemoved() throws IOException {
        bytesMax = 2000;
        start();
        DeadLetterBox box = letters.box("api");
        for (int i = 0; i < 40; i++) {
            box.offer(letter("api", 1, i, "x".repeat(50)));
        }
        work();
        long synced = box.synced();
        assertThat(letters.isFull()).isTrue();
        assertThat(synced).isPositive().isLessThan(40);
        assertThat(Files.size(file(TODAY))).isLessThanOrEqualTo(bytesMax).isGreaterThan(bytesMax - 300);
        second();
        assertThat(box.synced()).isEqualTo(synced);
        assertThat(letters.trouble()).isEmpty();
        Files.delete(file(TODAY));
        work();
        assertThat(box.synced()).as("it looks once a second").isEqualTo(synced);
        second();
        assertThat(box.synced()).isEqualTo(2 * synced);
        Files.delete(file(TODAY));
        second();
        Files.delete(file(TODAY));
        second();
        Files.deleteIfExists(file(TODAY));
        second();
        assertThat(letters.isFull()).isFalse();
        assertThat(box.synced()).isEqualTo(40);
    }

    @Test
    void shouldCutAPartialLineOffAndWaitWhileTheDiskIsFull() throws IOException {
        letters.box("api").offer(letter("api", 1, 0, "a"));
        work();
        store.room = 17;
        DeadLetterBox box = letters.box("api");
        box.offer(letter("api", 1, 1, "b"));
        work();
        assertThat(letters.trouble()).contains("No space left on device");
        assertThat(box.synced()).isEqualTo(1);
        assertThat(letters.isFull()).isFalse();
        second();
        second();
        box.offer(letter("api", 1, 2, "c"));
        store.room = Integer.MAX_VALUE;
        second();
        assertThat(letters.trouble()).isEmpty();
        assertThat(box.synced()).isEqualTo(3);
        assertThat(records()).containsExactly("a", "b", "c");
        assertThat(letters.letters()).isEqualTo(3);
        assertThat(letters.bytes()).isEqualTo(Files.size(file(TODAY)));
    }

    @Test
    void shouldEndWhenASyncFails() {
        DeadLetterBox box = letters.box("api");
        store.broken = true;
        box.offer(letter("api", 1, 0, "a"));
        assertThatThrownBy(this::work)
                .isInstanceOf(DeadLetterException.class)
                .hasMessageContainingAll("sync failed", dataDir.toString(), "Input/output error", "restart");
        assertThat(box.synced()).isZero();
    }

    @Test
    void shouldSayWhereItCannotRead() throws IOException {
        Files.writeString(dataDir.resolve("dlq"), "a file");
        assertThatThrownBy(this::start)
                .isInstanceOf(DeadLetterException.class)
                .hasMessageContainingAll(dataDir.resolve("dlq").toString(), "cannot be read");
    }

    @Test
    void shouldTakeOutWhatIsClaimedInOrderAndLeaveTheRest() throws Exception {
        threeDays();
        CompletableFuture<Claimed> claim = letters.claim("r1", new LetterFilter("api", null, null, null));
        work();
        assertThat(claim.get()).isEqualTo(new Claimed(4, 1));
        assertThat(replay("r1")).containsExactly("a1", "a2", "a3", "a4");
        assertThat(records()).containsExactly("z1", "z2", "unsettled");
        assertThat(file(TODAY)).as("a day without letters").doesNotExist();
        assertThat(letters.letters()).isEqualTo(3);
        letters.box("archive").offer(letter("archive", 3, 9, "z3"));
        work();
        assertThat(records()).containsExactly("z1", "z2", "unsettled", "z3");
    }

    @Test
    void shouldTakeOutOnceWhatWasRefusedTwice() throws Exception {
        letters.box("api").offer(letter("api", 1, 0, "twice"));
        letters.box("api").offer(letter("api", 1, 1, "once"));
        work();
        settled.put("api", 1L);
        start();
        letters.box("api").offer(letter("api", 1, 0, "twice"));
        work();
        nowMillis += 24 * 60 * MINUTE;
        start();
        letters.box("api").offer(letter("api", 1, 0, "twice"));
        work();
        assertThat(records()).containsExactly("twice", "once", "twice", "twice");
        CompletableFuture<Claimed> claim = letters.claim("r1", LetterFilter.ALL);
        work();
        assertThat(claim.get()).isEqualTo(new Claimed(2, 0));
        assertThat(replay("r1")).containsExactly("twice", "once");
        assertThat(records()).isEmpty();
        assertThat(letters.letters()).isZero();
    }

    @Test
    void shouldEndAClaimThatACrashInterruptedInAnyState() throws Exception {
        threeDays();
        CompletableFuture<Claimed> claim = letters.claim("r1", new LetterFilter("api", null, null, null));
        work();
        assertThat(claim).isCompleted();
        // As after the crash: the copy is durable, one day is written anew, another half.
        Files.move(file("replay/r1.ndjson"), file("replay/r1.moving"));
        Files.writeString(file("2026-11-22.ndjson.tmp"), "{\"time\":");
        Files.copy(file("replay/r1.moving"), file(TODAY));
        Files.writeString(file("replay/r2.tmp"), "{}");
        start();
        work();
        assertThat(replay("r1")).containsExactly("a1", "a2", "a3", "a4");
        assertThat(records()).containsExactly("z1", "z2", "unsettled");
        assertThat(store.sizes()).containsOnlyKeys("2026-11-22.ndjson", "2026-11-23.ndjson", "replay/r1.ndjson");
    }

    @Test
    void shouldLoseNothingWhereThereIsNoRoomForAClaim() throws Exception {
        threeDays();
        List<String> before = records();
        store.room = 0;
        CompletableFuture<Claimed> claim = letters.claim("r1", LetterFilter.ALL);
        work();
        assertThatThrownBy(claim::get).hasMessageContainingAll("No space left on device", "none is lost");
        assertThat(records()).isEqualTo(before);
        store.room = Integer.MAX_VALUE;
        CompletableFuture<Claimed> again = letters.claim("r1", LetterFilter.ALL);
        work();
        assertThat(again.get()).isEqualTo(new Claimed(6, 1));
        assertThat(records()).containsExactly("unsettled");
    }

    @Test
    void shouldFinishTheSameClaimWhereOnlyTheCopyHadRoom() throws Exception {
        threeDays();
        Files.createDirectories(file("replay"));
        try (DeadLetterReader reader = DeadLetterReader.ofDays(store)) {
            List<byte[]> lines = new ArrayList<>();
            for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                if (line.filed().letter().sink().equals("api")
                        && line.filed().letter().batch() < 3) {
                    lines.add(line.bytes());
                }
            }
            for (byte[] line : lines) {
                Files.write(file("replay/r1.moving"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
        start();
        store.room = 0;
        letters.box("api").offer(letter("api", 3, 5, "later"));
        work();
        assertThat(letters.trouble()).isNotEmpty();
        CompletableFuture<Claimed> again = letters.claim("r1", LetterFilter.ALL);
        store.room = Integer.MAX_VALUE;
        work();
        assertThat(again.get()).isEqualTo(new Claimed(4, 0));
        assertThat(replay("r1")).containsExactly("a1", "a2", "a3", "a4");
        assertThat(records()).containsExactly("z1", "z2", "unsettled", "later");
    }

    @Test
    void shouldClaimOneAfterTheOther() {
        CompletableFuture<Claimed> first = letters.claim("r1", LetterFilter.ALL);
        assertThat(letters.claim("r2", LetterFilter.ALL)).isCompletedExceptionally();
        assertThatThrownBy(() -> letters.claim("../r3", LetterFilter.ALL)).isInstanceOf(IllegalArgumentException.class);
        letters.close();
        assertThat(first).isCompletedExceptionally();
    }

    /** Day by day a1 a2; z1 a3 z2; a4 unsettled. */
    private void threeDays() {
        letters.box("api").offer(letter("api", 1, 0, "a1"));
        letters.box("api").offer(letter("api", 1, 1, "a2"));
        work();
        nowMillis += 24 * 60 * MINUTE;
        letters.box("archive").offer(letter("archive", 1, 1, "z1"));
        work();
        letters.box("api").offer(letter("api", 2, 0, "a3"));
        work();
        letters.box("archive").offer(letter("archive", 2, 1, "z2"));
        work();
        nowMillis += 24 * 60 * MINUTE;
        letters.box("api").offer(letter("api", 2, 1, "a4"));
        letters.box("api").offer(letter("api", 3, 0, "unsettled"));
        work();
        settled.put("api", 2L);
        settled.put("archive", 2L);
    }

    private List<String> replay(String id) throws IOException {
        return records(DeadLetterReader.of(store, List.of(LetterFiles.replay(id))));
    }
}
