package io.decant.ingest.sink.hdfs;

import io.decant.config.HdfsSinkSettings;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.BackOff;
import io.decant.ingest.sink.LetterOutbox;
import io.decant.ingest.sink.NextBatch;
import io.decant.ingest.sink.OneLine;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkHealth;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;
import io.decant.ingest.sink.body.PartBody;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.log.LoggedCauses;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers batches as directories of files, each of which appears whole, by one rename. What the filesystem does may
 * block, and is done one step at a time by a thread of the sink's own; the delivery thread only looks how far that is.
 *
 * <pre>
 *   IDLE ---> STAGING --------------------> PUBLISHING ---> IDLE
 *              ^  |  | records that files       ^  |
 *              |  |  | cannot carry             |  |
 *              |  |  +-----> LETTERS -----------+  |
 *              |  | failed            all synced   | failed
 *              +--+---------- WAITING &lt;------------+
 *             due
 * </pre>
 *
 * Every failure is retried without end, from the beginning: after it, it is unknown what of the files
 * is durable.
 *
 * <p>Owned by the delivery thread, {@link #status()} excepted.
 */
public final class HdfsSink implements Sink {

    /** Of a file before compression: two blocks of HDFS as it comes. */
    public static final long PART_BYTES_MAX = 256L << 20;

    /** Cap of the wait between two tries. */
    static final Duration RETRY_DELAY_MAX = Duration.ofSeconds(30);

    /** A healthy filesystem answers sooner. */
    static final long SILENT_NANOS_MAX = TimeUnit.SECONDS.toNanos(15);

    private static final int SHOWN_CHARS_MAX = 300;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long NOT_LOOKED = -1;

    private static final Logger log = LoggerFactory.getLogger(HdfsSink.class);

    private enum Phase {
        IDLE,
        STAGING,
        LETTERS,
        PUBLISHING,
        WAITING
    }

    private final String name;
    private final HdfsSinkSettings settings;
    private final String staging;
    private final IoThread io;
    private final RandomGenerator random;
    private final BackOff backOff;
    private final SinkHealth health;

    private Phase phase = Phase.IDLE;
    /** Everything below is of the batch that is being delivered. */
    private OpenBatch batch;

    private SinkShape shape;
    private DeadLetterBox box;
    private BatchDelivery delivery;
    private FutureTask<Optional<BatchDelivery.Staged>> step;
    private BatchDelivery.Staged staged;
    private UncarriedLetters letters;
    private boolean delivered;
    private int failures;
    private long dueNanos;
    private long movedSeen;
    /** When the step was first looked at, or last seen to move. */
    private long movedAtNanos;

    private long nowNanos;

    /**
     * Begins to clean up what the last run of this server has left.
     *
     * @param name the sink's name in the settings
     * @param serverName the server's
     * @param journalId 8 hex digits
     * @param connector to the settings' uri
     * @param thread a single one, for this sink alone; shut down with it
     * @param clock of the back-off
     * @param wakeUp run on that thread whenever a step of a batch has ended
     */
    public HdfsSink(
            String name,
            HdfsSinkSettings settings,
            String serverName,
            String journalId,
            BatchFiles.Connector connector,
            ExecutorService thread,
            RandomGenerator random,
            InstantSource clock,
            Runnable wakeUp) {
        this.name = Objects.requireNonNull(name, "name");
        this.settings = settings;
        this.staging = BatchNames.stagingDirectory(serverName, journalId, name);
        this.io = new IoThread(connector, thread, wakeUp);
        this.random = random;
        this.backOff = new BackOff(RETRY_DELAY_MAX, random, clock);
        this.health = new SinkHealth(name, HdfsSink.class);
        io.afterwards(this::cleanAtStart);
    }

    /** Before every try it is done again: here it only spares leftovers from waiting for the next batch. */
    private void cleanAtStart() {
        try {
            BatchDelivery.clean(io.files(), staging);
        } catch (IOException | RuntimeException e) {
            log.debug("sink {}: leftovers are cleaned with the first batch", name, e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @param from what it says does not matter: a batch is there whole, or not at all
     * @throws IllegalStateException while another batch is not delivered
     * @throws IllegalArgumentException if the batch does not go to this sink, or in a format that files do not have
     */
    @Override
    public void begin(OpenBatch next, Progress from, DeadLetterBox letterBox) {
        shape = NextBatch.shape(name, batch, next);
        Formats.of(shape);
        batch = next;
        box = letterBox;
        delivered = false;
        failures = 0;
        stage();
        health.state(SinkState.DELIVERING, nowNanos);
    }

    private void stage() {
        // The text of a try that failed may have stopped anywhere: each has its own.
        delivery = new BatchDelivery(batch, settings, shape, staging);
        String attempt = HexFormat.of().toHexDigits(random.nextLong());
        BatchDelivery now = delivery;
        begin(Phase.STAGING, files -> now.stage(files, attempt));
    }

    private void publish() {
        BatchDelivery now = delivery;
        BatchDelivery.Staged aside = staged;
        begin(Phase.PUBLISHING, files -> {
            now.publish(files, aside);
            return Optional.of(aside);
        });
    }

    private void begin(Phase next, IoThread.Work<Optional<BatchDelivery.Staged>> work) {
        phase = next;
        movedSeen = NOT_LOOKED;
        step = io.begin(work);
    }

    @Override
    public boolean work(long now) {
        nowNanos = now;
        boolean worked =
                switch (phase) {
                    case IDLE -> false;
                    case STAGING, PUBLISHING -> takeOutcome();
                    case LETTERS -> workOnLetters();
                    case WAITING -> tryAgain();
                };
        health.state(state(), nowNanos);
        return worked;
    }

    private boolean takeOutcome() {
        if (!step.isDone()) {
            return false;
        }
        FutureTask<Optional<BatchDelivery.Staged>> ended = step;
        step = null;
        try {
            ended(ended.get());
        } catch (ExecutionException e) {
            failed(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("a step that is done is not waited for", e);
        }
        return true;
    }

    private void ended(Optional<BatchDelivery.Staged> outcome) {
        if (outcome.isEmpty()) {
            log.info("sink {}: batch {} already exists", name, batch.cut().batch());
            passed();
        } else if (phase == Phase.PUBLISHING) {
            health.delivered(staged.manifest().records(), staged.manifest().bytes());
            passed();
        } else {
            staged = outcome.get();
            if (staged.manifest().uncarried() == 0) {
                publish();
            } else {
                PartBody body = PartBody.of(shape.format(), batch);
                letters =
                        new UncarriedLetters(batch, new LetterOutbox(name, box, batch, body, UnaryOperator.identity()));
                phase = Phase.LETTERS;
            }
        }
    }

    private boolean workOnLetters() {
        boolean worked = letters.work(nowNanos);
        if (letters.isSynced()) {
            // Before the batch appears: a reader that finds it takes them for written.
            letters = null;
            publish();
            return true;
        }
        return worked;
    }

    /** What waiting may fix is retried; anything else is a defect, and reported by the lane. */
    private void failed(Throwable cause) {
        if (cause instanceof IOException || cause instanceof OutOfMemoryError) {
            String what = describe(cause);
            // Hadoop's exceptions of many causes are of one class.
            health.failed(LoggedCauses.kind(what), "batch " + batch.cut().batch() + ": " + what);
            log.debug("sink {}: batch {}", name, batch.cut().batch(), cause);
            failures++;
            dueNanos = nowNanos + backOff.delayNanos(failures);
            endDelivery();
            phase = Phase.WAITING;
        } else if (cause instanceof Error error) {
            throw error;
        } else {
            throw cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
        }
    }

    /** The first line: what came over Hadoop's wire brings the other side's stack along. */
    private static String describe(Throwable cause) {
        String message = cause.getMessage() == null
                ? ""
                : cause.getMessage().lines().findFirst().orElse("");
        String kind = cause.getClass().getSimpleName();
        return OneLine.of(message.isEmpty() ? kind : kind + ": " + message, SHOWN_CHARS_MAX);
    }

    private boolean tryAgain() {
        if (nowNanos < dueNanos) {
            return false;
        }
        stage();
        return true;
    }

    private SinkState state() {
        if (phase == Phase.IDLE) {
            return SinkState.IDLE;
        }
        if (phase == Phase.LETTERS && letters.isStuck(nowNanos)) {
            health.waits(LetterOutbox.STUCK);
            return SinkState.FAILING;
        }
        if (step != null && isSilent()) {
            health.waits("batch " + batch.cut().batch() + ": the filesystem has not answered for "
                    + TimeUnit.NANOSECONDS.toSeconds(SILENT_NANOS_MAX) + " s");
            return SinkState.FAILING;
        }
        return failures > 0 ? SinkState.FAILING : SinkState.DELIVERING;
    }

    /** Whether the step has not moved for long, by the count of what it writes. */
    private boolean isSilent() {
        long moved = delivery.moved();
        if (moved != movedSeen) {
            movedSeen = moved;
            movedAtNanos = nowNanos;
        }
        return nowNanos - movedAtNanos >= SILENT_NANOS_MAX;
    }

    private void passed() {
        delivered = true;
        letGo();
    }

    private void letGo() {
        if (step != null) {
            step.cancel(true);
            step = null;
        }
        endDelivery();
        letters = null;
        batch = null;
        phase = Phase.IDLE;
        health.state(SinkState.IDLE, nowNanos);
    }

    private void endDelivery() {
        if (delivery != null) {
            delivery.withdraw();
            io.afterwards(delivery::close);
            delivery = null;
            staged = null;
        }
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

    /** The end of a step wakes the sink anyhow, and so do the dead letters. */
    @Override
    public long wakeAtNanos() {
        return switch (phase) {
            case IDLE -> NEVER;
            case WAITING -> dueNanos;
            case LETTERS -> nowNanos + LetterOutbox.STUCK_NANOS;
            case STAGING, PUBLISHING -> isSilent() ? NEVER : movedAtNanos + SILENT_NANOS_MAX;
        };
    }

    @Override
    public void abandon() {
        delivered = false;
        letGo();
    }

    @Override
    public SinkStatus status() {
        return health.status();
    }

    @Override
    public void report(long now) {
        health.report(now);
    }

    @Override
    public long reportAtNanos() {
        return health.reportAtNanos();
    }

    @Override
    public void close() {
        abandon();
        health.ended();
        io.close();
    }
}
