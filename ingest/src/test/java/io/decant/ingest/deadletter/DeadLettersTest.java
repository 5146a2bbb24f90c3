package io.decant.ingest.deadletter;

import static io.decant.ingest.deadletter.LettersWorld.JOURNAL;
import static io.decant.ingest.deadletter.LettersWorld.TODAY;
import static io.decant.ingest.deadletter.LettersWorld.letter;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one thread makes of the letters of two sinks, on real files. */
class DeadLettersTest {

    @TempDir
    Path dataDir;

    private LettersWorld world;

    @BeforeEach
    void open() {
        world = new LettersWorld(dataDir);
    }

    @Test
    void shouldMakeNoFolderBeforeThereIsALetter() {
        world.work();
        assertThat(dataDir).isEmptyDirectory();
    }

    @Test
    void shouldTellALaneWhatIsSynced() throws IOException {
        DeadLetterBox api = world.letters.box("api");
        DeadLetterBox archive = world.letters.box("archive");
        assertThat(api.offer(letter("api", 1, 0, "a"))).isTrue();
        assertThat(api.offer(letter("api", 1, 5, "b"))).isTrue();
        assertThat(archive.offer(letter("archive", 1, 5, "b"))).isTrue();
        assertThat(api.synced()).isZero();
        world.work();
        assertThat(api.synced()).isEqualTo(2);
        assertThat(archive.synced()).isEqualTo(1);
        assertThat(world.woken).isPositive();
        assertThat(world.records()).containsExactly("a", "b", "b");
        assertThat(world.letters.letters()).isEqualTo(3);
        assertThat(world.letters.bytes()).isEqualTo(Files.size(world.file(TODAY)));
        assertThat(world.letters.written().get("api"))
                .containsEntry(Reason.REFUSED, 2L)
                .containsEntry(Reason.NOT_JSON, 0L);
        assertThat(world.letters.written().get(""))
                .containsOnlyKeys(Reason.MISSING_KEY, Reason.UNPROCESSABLE, Reason.TRANSFORM_FAILED);
    }

    @Test
    void shouldTakeOnlySoManyLettersAhead() {
        DeadLetterBox box = world.letters.box("api");
        int taken = 0;
        while (box.offer(letter("api", 1, taken, "x"))) {
            taken++;
        }
        assertThat(taken).isEqualTo(LetterQueue.LETTERS_MAX);
        world.work();
        assertThat(box.synced()).isEqualTo(taken);
        assertThat(box.offer(letter("api", 1, taken, "x"))).isTrue();
    }

    @Test
    void shouldTakeOnlySoManyBytesAheadButAnyLetterAlone() {
        DeadLetterBox box = world.letters.box("api");
        DeadLetter large = letter("api", 1, 0, "x".repeat(5 << 20));
        assertThat(box.offer(large)).isTrue();
        assertThat(box.offer(letter("api", 1, 1, "y"))).isFalse();
        world.bytesMax = 8 << 20;
        world.start();
        box = world.letters.box("api");
        box.offer(large);
        world.work();
        assertThat(box.offer(letter("api", 1, 1, "y"))).isTrue();
    }

    @Test
    void shouldWriteARecordWithoutKeyOnceThoughEveryLaneLeavesIt() throws IOException {
        DeadLetter keyless = DeadLetter.withoutKey(1, 0, "k".getBytes(UTF_8), null);
        world.letters.box("api").offer(keyless);
        world.letters.box("archive").offer(keyless);
        world.work();
        assertThat(world.letters.box("api").synced()).isEqualTo(1);
        assertThat(world.letters.box("archive").synced()).isEqualTo(1);
        assertThat(world.records()).containsExactly("k");
        world.settled.put("api", 1L);
        world.letters.box("api").offer(letter("api", 2, 0, "a"));
        world.letters.box("archive").offer(keyless);
        world.work();
        assertThat(world.records()).containsExactly("k", "a");
    }

    @Test
    void shouldNotWriteAgainWhatWasWrittenBeforeACrash() throws IOException {
        world.letters.box("api").offer(letter("api", 1, 0, "settled"));
        world.letters.box("api").offer(letter("api", 2, 0, "a"));
        world.letters.box("api").offer(letter("api", 2, 7, "b"));
        world.work();
        world.settled.put("api", 1L);
        world.start();
        DeadLetterBox box = world.letters.box("api");
        box.offer(letter("api", 2, 0, "a"));
        box.offer(letter("api", 2, 3, "new"));
        box.offer(letter("api", 2, 7, "b"));
        world.work();
        assertThat(box.synced()).isEqualTo(3);
        assertThat(world.records()).containsExactly("settled", "a", "b", "new");
        assertThat(world.letters.letters()).isEqualTo(4);
    }

    @Test
    void shouldTellTheLettersOfAnotherJournalFromThese() throws IOException {
        world.letters.box("api").offer(letter("api", 1, 0, "a"));
        world.work();
        String other = Files.readString(world.file(TODAY)).replace(JOURNAL, "12345678");
        Files.writeString(world.file(TODAY), other);
        world.start();
        world.letters.box("api").offer(letter("api", 1, 0, "a"));
        world.work();
        assertThat(world.records()).containsExactly("a", "a");
    }

    @Test
    void shouldTellOfEachCauseOnceAndWhenLettersAreWrittenAgain() throws IOException {
        try (LogLines lines = new LogLines(DeadLetters.class)) {
            world.letters.box("api").offer(letter("api", 1, 0, "a"));
            world.store.room = 0;
            for (int second = 0; second < 15; second++) {
                world.second();
            }
            world.store.noRoom = "Disk quota exceeded";
            for (int second = 0; second < 15; second++) {
                world.second();
            }
            assertThat(world.letters.trouble()).isEqualTo("java.io.IOException: Disk quota exceeded");
            world.store.room = Integer.MAX_VALUE;
            world.second();
            assertThat(world.records()).containsExactly("a");
            String cannot =
                    "WARN dead letters cannot be written under " + world.store.describe("") + ": java.io.IOException: ";
            String again = "; retried every second, sinks with new dead letters wait";
            assertThat(lines.told())
                    .containsExactly(
                            cannot + "No space left on device" + again,
                            cannot + "Disk quota exceeded" + again,
                            "INFO dead letters can be written again");
        }
    }

    @Test
    void shouldTellWhatItHasReadWhereASyncFailsBeforeItHasReadAll() {
        world.letters.box("api").offer(letter("api", 1, 0, "a"));
        world.work();
        world.start();
        world.letters.lookUp("api", new RefusalHistory(2, 0, 0, List.of(), 10));
        assertThat(world.letters.box("api").history()).isNull();
        world.store.broken = true;
        world.work();
        assertThat(world.letters.isStopped()).isTrue();
        assertThat(world.letters.box("api").history()).isNotNull();
        assertThat(world.store.open).hasValue(0);
    }

    @Test
    void shouldHoldNoSourceOnceItHasStopped() {
        world.bytesMax = 1_000;
        world.start();
        world.letters.box("api").offer(letter("api", 1, 0, "x".repeat(2_000)));
        world.work();
        assertThat(world.letters.isFull()).isTrue();
        world.letters.box("archive").offer(letter("archive", 1, 0, "y"));
        world.store.broken = true;
        world.second();
        assertThat(world.letters.isStopped()).isTrue();
        assertThat(world.letters.isFull()).isFalse();
    }

    @Test
    void shouldHoldNoFileOpenWhileItCannotBeRead() {
        world.letters.box("api").offer(letter("api", 1, 0, "a"));
        world.work();
        world.start();
        world.store.readFailure = () -> new IOException("Input/output error");
        for (int second = 0; second < 3; second++) {
            world.second();
            assertThat(world.store.open).hasValue(0);
        }
        world.store.readFailure = () -> new IllegalStateException("unforeseen");
        for (int second = 0; second < 3; second++) {
            world.second();
            assertThat(world.store.open).hasValue(0);
        }
        world.store.readFailure = null;
        world.second();
        assertThat(world.letters.letters()).isEqualTo(1);
        assertThat(world.store.open).hasValue(0);
    }

    @Test
    void shouldHaveOnlyTheSinkWaitWhoseLetterCannotBeWritten() throws IOException {
        LetterFrame malformed = new LetterFrame(0, 0, null, new byte[] {1}, false);
        DeadLetterBox api = world.letters.box("api");
        DeadLetterBox archive = world.letters.box("archive");
        api.offer(letter("api", 1, 0, "a"));
        api.offer(new DeadLetter("api", 1, 0, 1, Reason.REFUSED, 400, "no", "b".getBytes(UTF_8), malformed));
        archive.offer(letter("archive", 1, 0, "c"));
        world.work();
        assertThat(world.records()).containsExactly("a", "c");
        for (int ordinal = 1; ordinal < 4; ordinal++) {
            archive.offer(letter("archive", 1, ordinal, "d"));
            // At once, though the other is tried again every second.
            world.work();
            assertThat(archive.synced()).isEqualTo(1 + ordinal);
            world.second();
        }
        assertThat(api.synced()).isEqualTo(1);
        assertThat(world.letters.trouble()).contains("BufferUnderflow");
        assertThat(world.letters.isFull()).isFalse();
        assertThat(world.records()).containsExactly("a", "c", "d", "d", "d");
    }
}
