package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.LogLines;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.StagedReads;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log is told of a batch that a sink cannot read. */
class LaneCausesTest {

    private static final String AGAIN = "; retrying until it succeeds";

    @TempDir
    Path temp;

    private final LogLines lines = new LogLines(Lane.class);
    private LetterReplayWorld world;
    /** Why a sink cannot read, by number of the try; null: it can. */
    private IntFunction<RuntimeException> inTheWay;

    private int tries;

    @BeforeEach
    void open() {
        world = new LetterReplayWorld(temp);
        world.give(new DeadLetter("api", 1, 0, 0, Reason.REFUSED, 400, "no", "a".getBytes(UTF_8), null));
        world.newSink = name -> new Reading(name);
    }

    @AfterEach
    void close() {
        world.close();
        lines.close();
    }

    @Test
    void shouldTellOfEachCauseOnceAndWhenItIsOver() {
        inTheWay = number -> staged("run-" + number, "the namenode is away for " + number + " s");
        deliver();
        assertThat(world.pipeline.stoppedSinks()).isEmpty();
        seconds(12);
        inTheWay = number -> staged("run-" + number, "Stale file handle");
        seconds(3);
        inTheWay = number -> new JournalException(
                JournalException.Kind.OUT_OF_DESCRIPTORS,
                "journal: no file descriptor is available to read at " + number);
        seconds(3);
        int before = tries;
        inTheWay = null;
        seconds(1);

        assertThat(before).isGreaterThan(15);
        assertThat(lines.told())
                .containsExactly(
                        "WARN sink api: cannot read run-1 of the staged batch: the namenode is away for 1 s" + AGAIN,
                        "WARN sink api: cannot read run-14 of the staged batch: Stale file handle" + AGAIN,
                        "WARN sink api: journal: no file descriptor is available to read at 17" + AGAIN,
                        "INFO sink api resumes: no longer 'journal: no file descriptor is available to read at 17'");
    }

    private static RuntimeException staged(String file, String why) {
        return StagedReads.failed(file, new IOException(why));
    }

    private void deliver() {
        world.open();
        var unused = world.replay(LetterFilter.ALL);
        world.settle();
        world.pipeline.cutAll();
        world.settle();
    }

    private void seconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            world.pass(TimeUnit.SECONDS.toNanos(1));
            world.settle();
        }
    }

    /** A sink that reads a batch in one step, or cannot. */
    private final class Reading implements Sink {

        private final String name;
        private boolean begun;
        private boolean delivered;

        Reading(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void begin(OpenBatch batch, Progress from, DeadLetterBox letters) {
            begun = true;
        }

        @Override
        public boolean work(long nowNanos) {
            if (!begun || delivered) {
                return false;
            }
            if (inTheWay != null) {
                throw inTheWay.apply(++tries);
            }
            delivered = true;
            return true;
        }

        @Override
        public Progress progress() {
            return Progress.START;
        }

        @Override
        public boolean delivered() {
            return delivered;
        }

        @Override
        public long wakeAtNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public void abandon() {
            begun = false;
            delivered = false;
        }

        @Override
        public SinkStatus status() {
            return new SinkStatus(SinkState.IDLE, "", 0, 0, 0, 0);
        }

        @Override
        public void close() {}
    }
}
