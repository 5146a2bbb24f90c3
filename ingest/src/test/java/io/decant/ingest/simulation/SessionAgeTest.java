package io.decant.ingest.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.batch.MemoryTrialStore;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.pipeline.PipelineContext;
import io.decant.ingest.pipeline.PipelineStorage;
import io.decant.ingest.pipeline.StartOptions;
import io.decant.ingest.stage.Stage;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Sessions, retained for 7 days, over servers that start and die, under a wall clock that anybody may set. */
class SessionAgeTest {

    private static final StreamId SESSION = new StreamId(SimulatedSource.NAME, "a", true);

    private final Random random = new Random(1);
    private final SimulatedDisk disk = new SimulatedDisk(random);
    private final SimulatedDeadLetters deadLetters = new SimulatedDeadLetters(disk, random);
    private final SimulatedSettings settings = new SimulatedSettings(
            random,
            KeyMode.RECORD,
            Duration.ZERO,
            List.of("api"),
            WrongEndpoint.none("api", deadLetters),
            null,
            Map.of());
    private long nowNanos = 77;
    private long wallMillis = Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();
    private Pipeline pipeline;

    private void start() {
        pipeline = new Pipeline(
                settings.next(Map.of()),
                new PipelineStorage(new SimulatedStore(disk), 1, deadLetters, new MemoryTrialStore()),
                List.of(),
                StartOptions.NONE,
                new PipelineContext(
                        () -> Instant.ofEpochMilli(wallMillis),
                        random,
                        1,
                        Runnable::run,
                        new GroupLimits(6, 4 << 10, 4 << 10, 32 << 10, 64 << 10),
                        1L << 30,
                        Optional.empty(),
                        () -> nowNanos,
                        UnaryOperator.identity(),
                        UnaryOperator.identity()),
                nowNanos);
    }

    /** The server dies at once. */
    private void kill() {
        pipeline.close();
        disk.crash(false);
    }

    private boolean isKnown() {
        return pipeline.keptStreams(SimulatedSource.NAME).containsKey(SESSION.name());
    }

    private void sendRecords(long first) {
        Block block = new Block(SESSION, first, 2, wallMillis, Unpooled.buffer().writeBytes(new byte[2]), synced -> {});
        assertThat(pipeline.intake().offer(block)).isTrue();
        serve(Duration.ofSeconds(30));
    }

    /** Lets a server run for so long, with the wall clock at the same pace. */
    private void serve(Duration time) {
        Duration left = time;
        do {
            for (int turn = 0; turn < 3; turn++) {
                for (Stage stage : pipeline.stages()) {
                    stage.work(nowNanos);
                }
            }
            Duration step = left.compareTo(Duration.ofMinutes(1)) < 0 ? left : Duration.ofMinutes(1);
            nowNanos += step.toNanos();
            wallMillis += step.toMillis();
            left = left.minus(step);
        } while (!left.isZero());
    }

    /** A first checkpoint forgets, the start after it no longer knows. */
    private void startTwice() {
        start();
        kill();
        start();
    }

    @Test
    void shouldKeepASessionWhileNoServerRunsAndWhateverTheWallClockSays() {
        start();
        sendRecords(0);
        kill();
        wallMillis += Duration.ofDays(8_000).toMillis();
        startTwice();
        assertThat(isKnown()).isTrue();
        wallMillis -= Duration.ofDays(16_000).toMillis();
        kill();
        startTwice();
        assertThat(isKnown()).isTrue();
        assertThat(pipeline.keptStreams(SimulatedSource.NAME).get("a").next()).isEqualTo(2);
        kill();
    }

    @Test
    void shouldForgetASessionThatWasUnusedForSoLongWhileServersRan() {
        start();
        sendRecords(0);
        for (int day = 0; day < 6; day++) {
            kill();
            start();
            serve(Duration.ofDays(1));
        }
        kill();
        startTwice();
        assertThat(isKnown()).as("after 6 days").isTrue();
        serve(Duration.ofHours(25));
        kill();
        startTwice();
        assertThat(isKnown()).as("after 7 days").isFalse();
        kill();
    }

    @Test
    void shouldLoseNoMoreThanAMinuteOfTheTimeServedToAKill() {
        start();
        sendRecords(0);
        for (int start = 0; start < 40; start++) {
            kill();
            start();
            serve(Duration.ofHours(5));
        }
        kill();
        startTwice();
        assertThat(isKnown()).as("after 200 hours, by 40 servers").isFalse();
        kill();
    }

    @Test
    void shouldCountARecordBetweenTwoNotesAsSeenAtTheLaterOne() {
        start();
        sendRecords(0);
        serve(Duration.ofDays(3).plusSeconds(15));
        sendRecords(2);
        serve(Duration.ofMinutes(3));
        kill();
        start();
        Map<String, ?> kept = pipeline.keptStreams(SimulatedSource.NAME);
        assertThat(kept).containsOnlyKeys("a");
        assertThat(pipeline.keptStreams(SimulatedSource.NAME).get("a").seenServedMillis())
                .isBetween(
                        Duration.ofDays(3).plusSeconds(45).toMillis(),
                        Duration.ofDays(3).plusSeconds(45).plusMinutes(2).toMillis());
        kill();
    }
}
