package io.decant.ingest.sink.console;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.sink.NextBatch;
import io.decant.ingest.sink.OneLine;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkHealth;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;
import io.decant.ingest.sink.StandardOutput;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints batches to standard output. It is for looking, so it never keeps a batch back: where standard output is
 * closed, or not read, batches are skipped, and the journal can be removed behind them.
 *
 * <pre>
 *   IDLE ----> PRINTING ----> IDLE
 *                 |             ^
 *                 | blocked     | the write came back
 *                 +--> BLOCKED -+   batches that begin meanwhile are skipped
 * </pre>
 *
 * <p>Owned by the delivery thread, {@link #status()} excepted. What blocks is done by a thread of the sink's own.
 */
public final class ConsoleSink implements Sink {

    /** A write that takes longer is blocked: it is not read. */
    static final long BLOCKED_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How often it is looked whether a write is under way. */
    static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int SHOWN_CHARS_MAX = 200;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long NOT_LOOKED = -1;

    private static final Logger log = LoggerFactory.getLogger(ConsoleSink.class);

    private enum Phase {
        IDLE,
        PRINTING,
        BLOCKED
    }

    private final String name;
    private final StandardOutput output;
    private final ExecutorService thread;
    private final Runnable wakeUp;
    private final SinkHealth health;

    private Phase phase = Phase.IDLE;
    /** What is printed now, and the thread's way through it; null while {@code IDLE}. */
    private Printing printing;

    private FutureTask<Long> step;
    /** The batch that is being delivered; null between two. While {@code IDLE}, one whose step has failed. */
    private OpenBatch batch;

    private boolean delivered;
    /** Whether the log was told that nothing can be written, and nothing was since. */
    private boolean toldOfFailure;

    /** Batches since standard output is blocked. */
    private long skipped;

    private long movedSeen;
    /** When standard output was last seen to move, or with no write under way. */
    private long movedAtNanos;

    private long nowNanos;

    /**
     * @param name the sink's name in the settings
     * @param thread a single one, for this sink alone, which does not keep the process from ending; shut down with it
     * @param wakeUp run on that thread whenever a batch is printed
     */
    public ConsoleSink(String name, StandardOutput output, ExecutorService thread, Runnable wakeUp) {
        this.name = Objects.requireNonNull(name, "name");
        this.output = output;
        this.thread = thread;
        this.wakeUp = wakeUp;
        this.health = new SinkHealth(name, ConsoleSink.class);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @param from what it says does not matter: a batch is printed whole
     * @throws IllegalStateException while another batch is not delivered
     * @throws IllegalArgumentException if the batch does not go to this sink, or in a format that cannot be printed
     */
    @Override
    public void begin(OpenBatch next, Progress from, DeadLetterBox letters) {
        ConsoleText text = ConsoleText.of(NextBatch.shape(name, batch, next), next);
        delivered = false;
        look();
        if (phase == Phase.BLOCKED) {
            text.close();
            skip();
            return;
        }
        batch = next;
        print(new Printing(text, output));
        health.state(SinkState.DELIVERING, nowNanos);
    }

    private void print(Printing next) {
        printing = next;
        step = new FutureTask<>(next) {
            @Override
            protected void done() {
                wakeUp.run();
            }
        };
        movedSeen = NOT_LOOKED;
        phase = Phase.PRINTING;
        thread.execute(step);
    }

    @Override
    public boolean work(long now) {
        nowNanos = now;
        boolean worked = look();
        if (phase == Phase.PRINTING && isBlocked()) {
            // The write continues, with a copy, and nothing more of the batch is read.
            printing.withdraw();
            batch = null;
            phase = Phase.BLOCKED;
            skip();
            worked = true;
        }
        return worked;
    }

    /** Takes what has come of the step, if it has ended. */
    private boolean look() {
        if (step == null || !step.isDone()) {
            return false;
        }
        FutureTask<Long> ended = step;
        step = null;
        printing = null;
        Phase was = phase;
        phase = Phase.IDLE;
        try {
            printed(ended.get(), was);
        } catch (ExecutionException e) {
            failed(e.getCause(), was);
        } catch (InterruptedException e) {
            throw new IllegalStateException("a step that is done is not waited for", e);
        }
        return true;
    }

    private void printed(long bytes, Phase was) {
        if (bytes > 0) {
            toldOfFailure = false;
        }
        if (was == Phase.BLOCKED) {
            readAgain();
        } else {
            health.delivered(batch.buckets().records(), bytes);
            passed();
        }
    }

    /** What cannot be written is lost to the reader only. What cannot be read is retried by the lane. */
    private void failed(Throwable cause, Phase was) {
        if (cause instanceof IOException) {
            cannotWrite(cause);
        } else if (was == Phase.BLOCKED) {
            // Its batch was skipped already, and there is nothing to try again.
            log.error("sink {}: printing a batch that was skipped has failed", name, cause);
        } else {
            rethrow(cause);
        }
        if (was == Phase.BLOCKED) {
            readAgain();
        } else {
            passed();
        }
    }

    private void cannotWrite(Throwable cause) {
        if (!toldOfFailure) {
            toldOfFailure = true;
            log.warn(
                    "sink {}: cannot write to standard output: {}; batches are skipped",
                    name,
                    OneLine.of(String.valueOf(cause.getMessage()), SHOWN_CHARS_MAX));
        }
    }

    private static void rethrow(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        throw cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
    }

    private void readAgain() {
        log.info("sink {}: standard output is writable again; batches skipped: {}", name, skipped);
        skipped = 0;
        health.state(SinkState.IDLE, nowNanos);
    }

    /**
     * Whether a write has been under way for long, this sink's or one that it waits for. While there is none, the batch
     * is being counted or read, however long that takes.
     */
    private boolean isBlocked() {
        long moved = output.moved();
        if (moved != movedSeen || !StandardOutput.isWriting(moved)) {
            movedSeen = moved;
            movedAtNanos = nowNanos;
        }
        return nowNanos - movedAtNanos >= BLOCKED_NANOS;
    }

    private void skip() {
        skipped++;
        delivered = true;
        health.waits("standard output is blocked: it was not read for " + TimeUnit.NANOSECONDS.toSeconds(BLOCKED_NANOS)
                + " s; batches are skipped");
        health.state(SinkState.FAILING, nowNanos);
    }

    private void passed() {
        delivered = true;
        batch = null;
        health.state(SinkState.IDLE, nowNanos);
    }

    /** Within a batch there is nothing to come back to. */
    @Override
    public Progress progress() {
        return Progress.START;
    }

    @Override
    public boolean delivered() {
        return delivered;
    }

    /** The end of a step wakes the sink anyhow. */
    @Override
    public long wakeAtNanos() {
        return phase != Phase.PRINTING ? NEVER : movedSeen == NOT_LOOKED ? nowNanos : nowNanos + LOOK_NANOS;
    }

    /** Between two batches: a write that was blocked may have come back. */
    @Override
    public void report(long now) {
        nowNanos = now;
        if (phase == Phase.BLOCKED) {
            look();
        }
        health.report(now);
    }

    @Override
    public long reportAtNanos() {
        return health.reportAtNanos();
    }

    @Override
    public void abandon() {
        delivered = false;
        if (batch != null) {
            if (printing != null) {
                // What is printed of it is no batch's any more; the thread comes to its end.
                printing.withdraw();
                printing = null;
                step = null;
            }
            batch = null;
            phase = Phase.IDLE;
            health.state(SinkState.IDLE, nowNanos);
        }
    }

    @Override
    public SinkStatus status() {
        return health.status();
    }

    @Override
    public void close() {
        abandon();
        health.ended();
        thread.shutdownNow();
    }
}
