package io.decant.ingest.deadletter;

import static io.decant.ingest.deadletter.LettersWorld.TODAY;
import static io.decant.ingest.deadletter.LettersWorld.letter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.deadletter.DeadLetters.Claimed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Letters that are taken out of the days, to go out again. */
class LetterClaimsTest {

    @TempDir
    Path dataDir;

    private LettersWorld world;

    @BeforeEach
    void open() {
        world = new LettersWorld(dataDir);
    }

    @Test
    void shouldTakeOutWhatIsClaimedInOrderAndLeaveTheRest() throws Exception {
        world.threeDays();
        CompletableFuture<Claimed> claim = world.letters.claim("r1", new LetterFilter("api", null, null, null));
        world.work();
        assertThat(claim.get()).isEqualTo(new Claimed(4, 1));
        assertThat(world.replay("r1")).containsExactly("a1", "a2", "a3", "a4");
        assertThat(world.records()).containsExactly("z1", "z2", "unsettled");
        assertThat(world.file(TODAY)).as("a day without letters").doesNotExist();
        assertThat(world.letters.letters()).isEqualTo(3);
        world.letters.box("archive").offer(letter("archive", 3, 9, "z3"));
        world.work();
        assertThat(world.records()).containsExactly("z1", "z2", "unsettled", "z3");
    }

    @Test
    void shouldTakeOutOnceWhatWasRefusedTwice() throws Exception {
        world.letters.box("api").offer(letter("api", 1, 0, "twice"));
        world.letters.box("api").offer(letter("api", 1, 1, "once"));
        world.work();
        world.settled.put("api", 1L);
        world.start();
        world.letters.box("api").offer(letter("api", 1, 0, "twice"));
        world.work();
        world.nowMillis += LettersWorld.DAY_MILLIS;
        world.start();
        world.letters.box("api").offer(letter("api", 1, 0, "twice"));
        world.work();
        assertThat(world.records()).containsExactly("twice", "once", "twice", "twice");
        CompletableFuture<Claimed> claim = world.letters.claim("r1", LetterFilter.ALL);
        world.work();
        assertThat(claim.get()).isEqualTo(new Claimed(2, 0));
        assertThat(world.replay("r1")).containsExactly("twice", "once");
        assertThat(world.records()).isEmpty();
        assertThat(world.letters.letters()).isZero();
    }

    @Test
    void shouldEndAClaimThatACrashInterruptedInAnyState() throws Exception {
        world.threeDays();
        CompletableFuture<Claimed> claim = world.letters.claim("r1", new LetterFilter("api", null, null, null));
        world.work();
        assertThat(claim).isCompleted();
        // As after the crash: the copy is durable, one day is written anew, another half.
        Files.move(world.file("replay/r1.ndjson"), world.file("replay/r1.moving"));
        Files.writeString(world.file("2026-11-22.ndjson.tmp"), "{\"time\":");
        Files.copy(world.file("replay/r1.moving"), world.file(TODAY));
        Files.writeString(world.file("replay/r2.tmp"), "{}");
        world.start();
        world.work();
        assertThat(world.replay("r1")).containsExactly("a1", "a2", "a3", "a4");
        assertThat(world.records()).containsExactly("z1", "z2", "unsettled");
        assertThat(world.store.sizes()).containsOnlyKeys("2026-11-22.ndjson", "2026-11-23.ndjson", "replay/r1.ndjson");
    }

    @Test
    void shouldLoseNothingWhereThereIsNoRoomForAClaim() throws Exception {
        world.threeDays();
        List<String> before = world.records();
        world.store.room = 0;
        CompletableFuture<Claimed> claim = world.letters.claim("r1", LetterFilter.ALL);
        world.work();
        assertThatThrownBy(claim::get).hasMessageContainingAll("No space left on device", "none is lost");
        assertThat(world.records()).isEqualTo(before);
        world.store.room = Integer.MAX_VALUE;
        CompletableFuture<Claimed> again = world.letters.claim("r1", LetterFilter.ALL);
        world.work();
        assertThat(again.get()).isEqualTo(new Claimed(6, 1));
        assertThat(world.records()).containsExactly("unsettled");
    }

    @Test
    void shouldFinishTheSameClaimWhereOnlyTheCopyHadRoom() throws Exception {
        world.threeDays();
        Files.createDirectories(world.file("replay"));
        try (DeadLetterReader reader = DeadLetterReader.ofDays(world.store)) {
            List<byte[]> lines = new ArrayList<>();
            for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                if (line.filed().letter().sink().equals("api")
                        && line.filed().letter().batch() < 3) {
                    lines.add(line.bytes());
                }
            }
            for (byte[] line : lines) {
                Files.write(world.file("replay/r1.moving"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
        world.start();
        world.store.room = 0;
        world.letters.box("api").offer(letter("api", 3, 5, "later"));
        world.work();
        assertThat(world.letters.trouble()).isNotEmpty();
        CompletableFuture<Claimed> again = world.letters.claim("r1", LetterFilter.ALL);
        world.store.room = Integer.MAX_VALUE;
        world.work();
        assertThat(again.get()).isEqualTo(new Claimed(4, 0));
        assertThat(world.replay("r1")).containsExactly("a1", "a2", "a3", "a4");
        assertThat(world.records()).containsExactly("z1", "z2", "unsettled", "later");
    }

    @Test
    void shouldClaimOneAfterTheOther() {
        CompletableFuture<Claimed> first = world.letters.claim("r1", LetterFilter.ALL);
        assertThat(world.letters.claim("r2", LetterFilter.ALL)).isCompletedExceptionally();
        assertThatThrownBy(() -> world.letters.claim("../r3", LetterFilter.ALL))
                .isInstanceOf(IllegalArgumentException.class);
        world.letters.close();
        assertThat(first).isCompletedExceptionally();
    }

    @Test
    void shouldStopWhereASyncFailsAsAClaimIsGivenUp() {
        world.threeDays();
        var unused = world.letters.claim("r1", LetterFilter.ALL);
        world.store.readFailure = () -> {
            world.store.broken = true;
            return new IllegalStateException("unforeseen");
        };
        world.work();
        assertThat(world.letters.isStopped()).isTrue();
        assertThat(world.letters.trouble()).contains("sync failed");
    }

    @Test
    void shouldHoldNoFileOpenWhileAnInterruptedClaimCannotBeRead() throws Exception {
        world.threeDays();
        CompletableFuture<Claimed> claim = world.letters.claim("r1", new LetterFilter("api", null, null, null));
        world.work();
        assertThat(claim).isCompleted();
        Files.move(world.file("replay/r1.ndjson"), world.file("replay/r1.moving"));
        world.start();
        world.store.readFailure = () -> new IllegalStateException("unforeseen");
        for (int second = 0; second < 3; second++) {
            world.second();
            assertThat(world.store.open).hasValue(0);
        }
        world.store.readFailure = null;
        world.second();
        assertThat(world.replay("r1")).containsExactly("a1", "a2", "a3", "a4");
    }
}
