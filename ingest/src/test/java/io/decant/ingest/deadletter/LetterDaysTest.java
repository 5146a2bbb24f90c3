package io.decant.ingest.deadletter;

import static io.decant.ingest.deadletter.LettersWorld.TODAY;
import static io.decant.ingest.deadletter.LettersWorld.letter;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of the days, whatever became of them or of their disk. */
class LetterDaysTest {

    @TempDir
    Path dataDir;

    private LettersWorld world;

    @BeforeEach
    void open() {
        world = new LettersWorld(dataDir);
    }

    @Test
    void shouldCutOffATornLineWhereverItIsTorn() throws IOException {
        world.letters.box("api").offer(letter("api", 1, 0, "whole"));
        world.work();
        byte[] whole = Files.readAllBytes(world.file(TODAY));
        world.letters.box("api").offer(letter("api", 1, 1, "torn"));
        world.work();
        byte[] both = Files.readAllBytes(world.file(TODAY));
        for (int length = whole.length; length < both.length; length++) {
            Files.write(world.file(TODAY), Arrays.copyOf(both, length));
            world.start();
            world.letters.box("api").offer(letter("api", 1, 1, "again"));
            world.work();
            assertThat(world.records()).containsExactly("whole", "again");
        }
    }

    @Test
    void shouldLeaveDamagedLinesAndForeignFilesWhereTheyAre() throws IOException {
        world.letters.box("api").offer(letter("api", 1, 0, "a"));
        world.work();
        Files.writeString(world.file(TODAY), "not a letter\n", StandardOpenOption.APPEND);
        Files.writeString(world.file("notes.txt"), "mine");
        world.start();
        world.letters.box("api").offer(letter("api", 1, 1, "b"));
        world.work();
        assertThat(world.records()).containsExactly("a", "damaged", "b");
        assertThat(world.letters.letters()).isEqualTo(2);
        assertThat(world.letters.bytes()).isEqualTo(Files.size(world.file(TODAY)));
        assertThat(world.file("notes.txt")).hasContent("mine");
    }

    @Test
    void shouldBeginAFileAtMidnightAndNeverGoBack() throws IOException {
        world.nowMillis = Instant.parse("2026-11-21T23:59:59.999Z").toEpochMilli();
        world.letters.box("api").offer(letter("api", 1, 0, "today"));
        world.work();
        world.nowMillis++;
        world.letters.box("api").offer(letter("api", 1, 1, "tomorrow"));
        world.work();
        world.nowMillis -= TimeUnit.MINUTES.toMillis(10);
        world.letters.box("api").offer(letter("api", 1, 2, "set back"));
        world.work();
        assertThat(Files.readAllLines(world.file(TODAY))).hasSize(1);
        assertThat(Files.readAllLines(world.file("2026-11-22.ndjson"))).hasSize(2);
        assertThat(world.records()).containsExactly("today", "tomorrow", "set back");
    }

    @Test
    void shouldWriteIntoANewFileWhereSomebodyTookTheDaysAway() throws IOException {
        world.letters.box("api").offer(letter("api", 1, 0, "a"));
        world.work();
        Files.delete(world.file(TODAY));
        world.letters.box("api").offer(letter("api", 1, 1, "b"));
        world.work();
        assertThat(world.records()).containsExactly("b");
        assertThat(world.letters.letters()).isEqualTo(1);
    }

    @Test
    void shouldWaitAtTheBoundAndGoOnOnceSomethingIsRemoved() throws IOException {
        world.bytesMax = 2000;
        world.start();
        DeadLetterBox box = world.letters.box("api");
        for (int i = 0; i < 40; i++) {
            box.offer(letter("api", 1, i, "x".repeat(50)));
        }
        world.work();
        long synced = box.synced();
        assertThat(world.letters.isFull()).isTrue();
        assertThat(synced).isPositive().isLessThan(40);
        assertThat(Files.size(world.file(TODAY)))
                .isLessThanOrEqualTo(world.bytesMax)
                .isGreaterThan(world.bytesMax - 300);
        world.second();
        assertThat(box.synced()).isEqualTo(synced);
        assertThat(world.letters.trouble()).isEmpty();
        Files.delete(world.file(TODAY));
        world.work();
        assertThat(box.synced()).as("it looks once a second").isEqualTo(synced);
        world.second();
        assertThat(box.synced()).isEqualTo(2 * synced);
        Files.delete(world.file(TODAY));
        world.second();
        Files.delete(world.file(TODAY));
        world.second();
        Files.deleteIfExists(world.file(TODAY));
        world.second();
        assertThat(world.letters.isFull()).isFalse();
        assertThat(box.synced()).isEqualTo(40);
    }

    @Test
    void shouldCutAPartialLineOffAndWaitWhileTheDiskIsFull() throws IOException {
        world.letters.box("api").offer(letter("api", 1, 0, "a"));
        world.work();
        world.store.room = 17;
        DeadLetterBox box = world.letters.box("api");
        box.offer(letter("api", 1, 1, "b"));
        world.work();
        assertThat(world.letters.trouble()).contains("No space left on device");
        assertThat(box.synced()).isEqualTo(1);
        assertThat(world.letters.isFull()).isFalse();
        world.second();
        world.second();
        box.offer(letter("api", 1, 2, "c"));
        world.store.room = Integer.MAX_VALUE;
        world.second();
        assertThat(world.letters.trouble()).isEmpty();
        assertThat(box.synced()).isEqualTo(3);
        assertThat(world.records()).containsExactly("a", "b", "c");
        assertThat(world.letters.letters()).isEqualTo(3);
        assertThat(world.letters.bytes()).isEqualTo(Files.size(world.file(TODAY)));
    }

    @Test
    void shouldEndWhenASyncFails() {
        DeadLetterBox box = world.letters.box("api");
        world.store.broken = true;
        box.offer(letter("api", 1, 0, "a"));
        world.work();
        assertThat(world.letters.isStopped()).isTrue();
        assertThat(world.letters.trouble())
                .contains("sync failed", dataDir.toString(), "Input/output error", "restart");
        assertThat(box.synced()).isZero();
    }

    @Test
    void shouldSayWhereItCannotReadAndGoOnWhenItCan() throws IOException {
        Files.writeString(dataDir.resolve("dlq"), "a file");
        world.start();
        world.letters.box("api").offer(letter("api", 1, 0, "a"));
        world.work();
        assertThat(world.letters.trouble()).contains(dataDir.resolve("dlq").toString());

        Files.delete(dataDir.resolve("dlq"));
        world.second();
        assertThat(world.letters.trouble()).isEmpty();
        assertThat(world.records()).containsExactly("a");
    }
}
