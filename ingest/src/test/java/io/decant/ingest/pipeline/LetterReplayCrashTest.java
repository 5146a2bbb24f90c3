package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.pipeline.LetterReplayWorld.Batch;
import io.decant.ingest.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process dies at every step of a replay, once: at each change of the files of dead letters, and between any two
 * turns of any two stages, the journal's included. A second server finishes it. Each letter must be in the journal
 * once, in order, for its sink.
 */
@Timeout(300)
@Tag("slow")
class LetterReplayCrashTest {

    private static final int LETTERS = 40;
    private static final LetterFilter API = new LetterFilter("api", null, null, null);

    @TempDir
    Path temp;

    private byte[] given;

    @Test
    void shouldNeitherLoseNorDoubleALetterWhereverItDiesAtTheFiles() throws IOException {
        int steps = 0;
        boolean crashed = true;
        while (crashed) {
            crashed = dieAtChange(temp.resolve("change-" + steps), steps);
            steps++;
        }
        assertThat(steps).isGreaterThan(12);
    }

    @Test
    void shouldNeitherLoseNorDoubleALetterWhereverItDiesBetweenTwoTurns() throws IOException {
        int steps = 0;
        boolean crashed = true;
        while (crashed) {
            crashed = dieAfterTurns(temp.resolve("turn-" + steps), steps);
            steps++;
        }
        assertThat(steps).isGreaterThan(50);
    }

    private boolean dieAtChange(Path dataDir, int changes) throws IOException {
        try (LetterReplayWorld world = prepared(dataDir)) {
            boolean crashed = false;
            world.letterStore = new CrashingLetterStore(new FileDeadLetterStore(dataDir), changes);
            try {
                world.open();
                var unused = world.replay(API);
                world.settle();
            } catch (CrashingLetterStore.Crash e) {
                crashed = true;
            }
            finish(world, dataDir);
            return crashed;
        }
    }

    private boolean dieAfterTurns(Path dataDir, int turns) throws IOException {
        try (LetterReplayWorld world = prepared(dataDir)) {
            world.open();
            var unused = world.replay(API);
            int left = turns;
            boolean worked = true;
            while (worked && left > 0) {
                worked = false;
                for (Stage stage : world.pipeline.stages()) {
                    if (left > 0) {
                        worked |= stage.work(world.nowNanos);
                        left--;
                    }
                }
            }
            finish(world, dataDir);
            return left == 0;
        }
    }

    @BeforeEach
    void give() throws IOException {
        try (LetterReplayWorld world = new LetterReplayWorld(temp)) {
            for (int i = 0; i < LETTERS; i++) {
                world.give(letter("archive", i), letter("api", i));
            }
            given = Files.readAllBytes(temp.resolve("dlq").resolve(day(world)));
        }
    }

    private static String day(LetterReplayWorld world) throws IOException {
        return world.files().iterator().next();
    }

    private LetterReplayWorld prepared(Path dataDir) throws IOException {
        Files.createDirectories(dataDir.resolve("dlq"));
        Files.write(dataDir.resolve("dlq/2026-11-20.ndjson"), given);
        return new LetterReplayWorld(dataDir);
    }

    /** What a restart does, and an operator who asks again, since nobody told him what became of it. */
    private static void finish(LetterReplayWorld world, Path dataDir) throws IOException {
        if (world.pipeline != null) {
            world.crash();
        }
        world.letterStore = new FileDeadLetterStore(dataDir);
        world.open();
        world.settle();
        var unused = world.replay(API);
        world.settle();
        world.stop();
        List<String> got = new ArrayList<>();
        for (Batch batch : world.batches()) {
            assertThat(batch.sinks()).containsExactly("api");
            got.addAll(List.of(batch.records().split(" ")));
        }
        assertThat(got).isEqualTo(records("api"));
        assertThat(world.letters()).isEqualTo(records("archive"));
        assertThat(world.files()).hasSize(1);
        delete(dataDir);
    }

    /** A journal is large, and there is one for each step. */
    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static List<String> records(String sink) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < LETTERS; i++) {
            records.add(record(sink, i));
        }
        return records;
    }

    /** Long enough for a plan to be several batches, and entries. */
    private static String record(String sink, int i) {
        return sink + "-" + i + "-" + "x".repeat(1_000);
    }

    private static DeadLetter letter(String sink, int i) {
        return new DeadLetter(
                sink, 1, 0, i, Reason.REFUSED, 422, "no", record(sink, i).getBytes(UTF_8), null);
    }
}
