package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.LogLines;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.batch.Failing;
import io.decant.ingest.deadletter.BreakableLetterStore;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.LetterFrame;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.deadletter.replay.LetterReplayPlans;
import io.decant.ingest.deadletter.replay.LetterReplayStage;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.pipeline.LetterReplayWorld.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters on their way from the files of the days into the journal, by hand and in one thread. */
class LetterReplayStageTest {

    @TempDir
    Path temp;

    private final LogLines lines = new LogLines(LetterReplayPlans.class);
    private LetterReplayWorld world;

    @BeforeEach
    void open() {
        world = new LetterReplayWorld(temp);
    }

    @AfterEach
    void close() {
        lines.close();
        world.close();
    }

    @Test
    void shouldSendToEachSinkWhatItRefusedInTheOrderOfWriting() throws IOException {
        world.give(letter("api", 0, "x"), letter("archive", 0, "p"), letter("api", 1, "y"), keyless(0, "k"));
        world.open();
        ReplayAnswer answer = replay(LetterFilter.ALL);
        assertThat(answer.records()).isEqualTo(4);
        assertThat(answer.batches()).isEqualTo(3);
        assertThat(answer.sinks()).containsExactly(Map.entry("api", 2L), Map.entry("archive", 1L), Map.entry("", 1L));
        assertThat(answer.waits()).isEmpty();
        assertThat(world.letters()).isEmpty();
        world.stop();
        assertThat(world.batches())
                .containsExactly(
                        new Batch(1, "x y", List.of("api")),
                        new Batch(2, "p", List.of("archive")),
                        new Batch(3, "k", List.of("api", "archive")));
        assertThat(world.files()).isEmpty();
    }

    @Test
    void shouldStartThoughPlansCannotBeReadAndSendThemOnceTheyCan() throws IOException {
        world.give(letter("api", 0, "x"));
        world.open();
        var unused = world.replay(LetterFilter.ALL);
        while (world.files().stream().noneMatch(name -> name.startsWith("replay/") && name.endsWith(".ndjson"))) {
            world.turn();
        }
        world.crash();
        BreakableLetterStore disk = new BreakableLetterStore(world.letterStore);
        disk.unreachable = true;
        world.letterStore = disk;
        world.open();
        CompletableFuture<ReplayAnswer> meanwhile = world.replay(LetterFilter.ALL);
        world.settle();
        assertThat(meanwhile)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("cannot be read: java.io.IOException: Permission denied");
        world.pass(TimeUnit.SECONDS.toNanos(1));
        world.settle();
        disk.unreachableWhy = "Stale file handle";
        world.pass(TimeUnit.SECONDS.toNanos(1));
        world.settle();

        disk.unreachable = false;
        world.pass(TimeUnit.SECONDS.toNanos(1));
        world.settle();
        world.stop();
        assertThat(world.batches()).containsExactly(new Batch(1, "x", List.of("api")));
        assertThat(world.files()).isEmpty();
        String under = disk.describe("");
        assertThat(lines.told())
                .containsExactly(
                        "WARN dead letters: replays under " + under + " cannot be read: java.io.IOException: Permission"
                                + " denied; none is sent, it is retried every second",
                        "WARN dead letters: replays under " + under + " cannot be read: java.io.IOException: Stale file"
                                + " handle; none is sent, it is retried every second",
                        "INFO dead letters under " + under + " can be read again");
    }

    @Test
    void shouldSendRecordsWithAllThatTheyCameWith() throws IOException {
        world.give(
                letter("api", 0, "line"),
                framed(1, 900, "k", "two\nlines"),
                framed(2, 907, "k", null),
                letter("api", 3, "another"));
        world.open();
        assertThat(replay(LetterFilter.ALL).records()).isEqualTo(4);
        world.stop();
        assertThat(world.batches())
                .containsExactly(new Batch(1, "line 900:k=two\nlines 907:k=(none) another", List.of("api")));
    }

    @Test
    void shouldSendOnlyWhatTheFilterAsksFor() throws IOException {
        DeadLetter other = new DeadLetter("api", 2, 0, 0, Reason.NOT_JSON, 0, "", bytes("other"), null);
        world.give(letter("api", 0, "x"), other, letter("archive", 0, "p"));
        world.open();
        assertThat(replay(new LetterFilter("api", null, 1L, null)).records()).isEqualTo(1);
        assertThat(replay(new LetterFilter(null, Reason.NOT_JSON, null, null)).records())
                .isEqualTo(1);
        assertThat(replay(new LetterFilter(null, null, null, Instant.now().plusSeconds(60)))
                        .records())
                .isZero();
        world.stop();
        assertThat(world.batches()).extracting(Batch::records).containsExactly("x", "other");
        assertThat(world.letters()).containsExactly("p");
    }

    @Test
    void shouldSendMoreThanFitsTheMemoryAtOnceInSeveralBatches() throws IOException {
        int count = 300;
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String record = i + "-" + "x".repeat(300);
            sent.add(record);
            world.give(letter("api", i, record));
        }
        world.open();
        ReplayAnswer answer = replay(LetterFilter.ALL);
        assertThat(answer.batches()).isBetween(2L, 2L * count * 310 / LetterReplayWorld.LIMITS.aheadBytesMax());
        world.stop();
        assertThat(String.join(" ", world.batches().stream().map(Batch::records).toList()))
                .isEqualTo(String.join(" ", sent));
    }

    @Test
    void shouldLeaveWhatTheSettingsHaveNoSinkForAndWhatNoBlockCanHold() throws IOException {
        world.give(letter("gone", 0, "g"), letter("api", 0, "two\nlines"), letter("api", 1, "x"));
        world.open();
        ReplayAnswer answer = replay(LetterFilter.ALL);
        assertThat(answer.records()).isEqualTo(1);
        assertThat(answer.unknownSink()).isEqualTo(1);
        assertThat(answer.newline()).isEqualTo(1);
        assertThat(world.letters()).containsExactly("g", "two\nlines");
    }

    @Test
    void shouldCountWhatItWasNotAskedForAndWhatCannotBeRead() throws IOException {
        world.give(letter("api", 0, "x"), letter("archive", 0, "o"));
        world.damage("{\"half\n");
        world.open();
        ReplayAnswer answer = replay(new LetterFilter("api", null, null, null));
        assertThat(answer.records()).isEqualTo(1);
        assertThat(answer.notAsked()).isEqualTo(1);
        assertThat(answer.damaged()).isEqualTo(1);
    }

    @Test
    void shouldLeaveWhatARestartMightComeBackTo() throws IOException {
        world.give(JournalId.text(LetterReplayWorld.JOURNAL_ID), letter("api", 0, "x"));
        world.open();
        ReplayAnswer answer = replay(LetterFilter.ALL);
        assertThat(answer.records()).isZero();
        assertThat(answer.unsettled()).isEqualTo(1);
        assertThat(world.letters()).containsExactly("x");
    }

    /** Each operation of the store in turn, until none is left to fail: no letter is lost or sent twice. */
    @Test
    void shouldEndTheReplayAloneWhateverTheStoreThrows() throws IOException {
        DeadLetterStore sound = world.letterStore;
        boolean thrown = true;
        for (int call = 1; thrown; call++) {
            assertThat(call).isLessThan(200);
            world.give(letter("api", call, "x" + call));
            AtomicBoolean open = new AtomicBoolean();
            Failing failing = new Failing(call, () -> new IllegalStateException("the client is closed"));
            world.letterStore = failing.of(DeadLetterStore.class, sound, open::get);
            world.open();
            open.set(true);
            CompletableFuture<ReplayAnswer> answer = world.replay(LetterFilter.ALL);
            for (int second = 0; second < 4; second++) {
                world.settle();
                world.pass(2_000_000_000L);
            }
            world.settle();
            assertThat(answer).isDone();
            thrown = failing.hasThrown();
            open.set(false);
            world.stop();
            world.letterStore = sound;
            world.open();
            replay(LetterFilter.ALL);
            world.stop();
            List<String> expected = new ArrayList<>();
            for (int sent = 1; sent <= call; sent++) {
                expected.add("x" + sent);
            }
            assertThat(world.batches()).extracting(Batch::records).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void shouldRefuseASecondReplayMeanwhile() throws IOException {
        world.give(letter("api", 0, "x"));
        world.open();
        CompletableFuture<ReplayAnswer> first = world.replay(LetterFilter.ALL);
        assertThat(world.replay(LetterFilter.ALL))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(DeadLetterException.class)
                .withMessageContaining("another replay is running");
        world.settle();
        assertThat(first).isCompleted();
        assertThat(replay(LetterFilter.ALL).records()).isZero();
    }

    @Test
    void shouldSayWhatIsInTheWayAndGoOnByItself() throws IOException {
        world.give(letter("api", 0, "x"));
        world.open("journal.min-free=1000TiB");
        CompletableFuture<ReplayAnswer> answer = world.replay(LetterFilter.ALL);
        world.settle();
        assertThat(answer).isNotDone();
        world.pass(LetterReplayStage.ANSWER_NANOS_MAX);
        world.settle();
        assertThat(answer.join().waits()).contains("journal.min-free");
        assertThat(answer.join().records()).isEqualTo(1);
        assertThat(world.letters()).isEmpty();
        world.crash();
        world.open();
        world.settle();
        world.stop();
        assertThat(world.files()).isEmpty();
        assertThat(world.batches()).containsExactly(new Batch(1, "x", List.of("api")));
    }

    @Test
    void shouldNotWaitForABacklogThatDeadLettersMayHaveCaused() throws IOException {
        world.backlogBytesMax = 10;
        world.give(letter("api", 0, "x"), letter("api", 1, "y"));
        world.open();
        assertThat(replay(LetterFilter.ALL).records()).isEqualTo(2);
        assertThat(replay(LetterFilter.ALL).waits()).isEmpty();
        assertThat(world.pipeline.pauseReason()).isEqualTo(PauseReason.BACKLOG);
    }

    @Test
    void shouldTakeALetterThatIsLongerThanTheSegmentHasRoomForOnceThereIsANextOne() throws IOException {
        int count = 5;
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String record = i + "-" + "x".repeat(1800 << 10);
            sent.add(record);
            world.give(letter("api", i, record));
        }
        world.open();
        CompletableFuture<ReplayAnswer> answer = world.replay(LetterFilter.ALL);
        world.settleWithoutNextSegment();
        assertThat(world.pipeline.letterReplaySlot().isFree())
                .as("all is taken")
                .isFalse();
        world.settle();
        assertThat(answer.join().records()).isEqualTo(count);
        world.stop();
        assertThat(world.batches()).extracting(Batch::records).containsExactlyElementsOf(sent);
    }

    @Test
    void shouldEndAClaimThatACrashInterruptedOnceAFullDiskHasRoomAgain() throws IOException {
        world.give(letter("api", 0, "x"), letter("archive", 0, "p"), letter("api", 1, "y"));
        interruptClaimOf("api");
        BreakableLetterStore disk = new BreakableLetterStore(world.letterStore);
        world.letterStore = disk;
        disk.room = 0;
        world.open();
        world.settle();
        shouldFindNoRoom(LetterFilter.ALL);
        disk.room = Integer.MAX_VALUE;
        assertThat(replay(LetterFilter.ALL).sinks()).containsExactly(Map.entry("archive", 1L));
        world.stop();
        assertThat(world.batches())
                .containsExactly(new Batch(1, "x y", List.of("api")), new Batch(2, "p", List.of("archive")));
        assertThat(world.files()).isEmpty();
    }

    @Test
    void shouldSendNothingTwiceWhereAClaimFailedAndWasAskedForAgain() throws IOException {
        String other = "p".repeat(5000);
        world.give(letter("api", 0, "x"), letter("archive", 0, other), letter("api", 1, "y"));
        BreakableLetterStore disk = new BreakableLetterStore(world.letterStore);
        world.letterStore = disk;
        world.open();
        // Nothing is copied; then the copy has room, and the day without it has none; then what is copied stays so.
        for (int room : new int[] {0, 2000, 0}) {
            disk.room = room;
            shouldFindNoRoom(new LetterFilter("api", null, null, null));
        }
        disk.room = Integer.MAX_VALUE;
        assertThat(replay(LetterFilter.ALL).sinks()).containsExactly(Map.entry("archive", 1L));
        world.stop();
        assertThat(world.batches())
                .containsExactly(new Batch(1, "x y", List.of("api")), new Batch(2, other, List.of("archive")));
        assertThat(world.files()).isEmpty();
    }

    @Test
    void shouldSayWhyNothingGoesOutWhereOneBatchFilledTheFiles() throws IOException {
        DeadLetter[] all = new DeadLetter[10];
        for (int i = 0; i < all.length; i++) {
            all[i] = letter("api", i, "x".repeat(100 << 10));
        }
        world.give(JournalId.text(LetterReplayWorld.JOURNAL_ID), all);
        world.open("dlq.max-size=1MiB", "sources.logs.max-record=64KiB");
        world.pipeline.deadLetters().box("api").offer(letter("api", all.length, "x".repeat(100 << 10)));
        world.settle();
        assertThat(world.pipeline.deadLetters().isFull()).isTrue();
        ReplayAnswer answer = replay(LetterFilter.ALL);
        assertThat(answer.records()).isZero();
        assertThat(answer.unsettled()).isEqualTo(all.length);
        assertThat(answer.waits()).contains("dlq.max-size", "a restart might read", "move");
    }

    @Test
    void shouldForgetWhatTheJournalKnewOfAPlanOnceThePlanIsGone() throws IOException {
        world.give(letter("api", 0, "x"));
        world.open();
        replay(LetterFilter.ALL);
        world.crash();
        assertThat(world.recovered().streams()).hasSize(1);
        world.open();
        world.crash();
        assertThat(world.recovered().streams()).isEmpty();
    }

    /** As a crash leaves it behind the copy: these letters are in the day, too. */
    private void interruptClaimOf(String sink) throws IOException {
        Path dlq = temp.resolve("dlq");
        List<String> lines =
                Files.readAllLines(dlq.resolve(world.files().iterator().next()));
        Files.createDirectories(dlq.resolve("replay"));
        Files.write(
                dlq.resolve("replay/r1.moving"),
                lines.stream()
                        .filter(line -> line.contains("\"sink\":\"" + sink + "\""))
                        .toList());
    }

    private void shouldFindNoRoom(LetterFilter which) {
        CompletableFuture<ReplayAnswer> answer = world.replay(which);
        world.settle();
        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("No space left on device");
    }

    private ReplayAnswer replay(LetterFilter which) {
        CompletableFuture<ReplayAnswer> answer = world.replay(which);
        world.settle();
        assertThat(answer).isCompleted();
        return answer.join();
    }

    private static DeadLetter letter(String sink, long ordinal, String record) {
        return new DeadLetter(sink, 1, 0, ordinal, Reason.REFUSED, 422, "no", bytes(record), null);
    }

    private static DeadLetter framed(long ordinal, long offset, String key, String value) {
        LetterFrame frame = new LetterFrame(offset, 1_000, bytes(key), new byte[0], value == null);
        byte[] record = value == null ? new byte[0] : bytes(value);
        return new DeadLetter("api", 1, 0, ordinal, Reason.REFUSED, 422, "no", record, frame);
    }

    private static DeadLetter keyless(long ordinal, String record) {
        return DeadLetter.withoutKey(1, ordinal, bytes(record), null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
