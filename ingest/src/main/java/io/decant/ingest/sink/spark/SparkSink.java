package io.decant.ingest.sink.spark;

import io.decant.config.PropertyValue;
import io.decant.config.SparkSinkSettings;
import io.decant.ingest.batch.BatchBlocks;
import io.decant.ingest.batch.JobStaging;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.BackOff;
import io.decant.ingest.sink.NextBatch;
import io.decant.ingest.sink.OneLine;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkHealth;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;
import io.decant.offload.client.JobJars;
import io.decant.offload.client.JobRunner;
import io.decant.offload.client.OffloadException;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.client.SparkWork;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.log.LoggedCauses;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.JobJar;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a job of the user's process each batch, which is staged for it. Staging and waiting for the job are done by a
 * thread of the sink's own; the delivery thread only looks whether that is done.
 *
 * <pre>
 *   IDLE ---> RUNNING ---> IDLE
 *              ^  | failed
 *          due |  v
 *             WAITING
 * </pre>
 *
 * A failure of whatever kind is tried again without end, with the jars as they are then.
 *
 * <p>Owned by the delivery thread, {@link #status()} excepted.
 */
public final class SparkSink implements Sink {

    /** Cap of the wait between two attempts. */
    static final Duration RETRY_DELAY_MAX = Duration.ofMinutes(1);

    private static final int SHOWN_CHARS_MAX = 300;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(SparkSink.class);

    private enum Phase {
        IDLE,
        RUNNING,
        WAITING
    }

    private final String name;
    private final SparkSinkSettings settings;
    private final String attempts;
    private final ExecutorService thread;
    private final Runnable wakeUp;
    private final JobStaging staging;
    private final JobRunner driver;
    private final JobJars jars;
    private final BackOff backOff;
    private final SinkHealth health;

    /** Changed by the delivery thread alone. */
    private volatile SparkWork work = SparkWork.NONE;

    private Phase phase = Phase.IDLE;
    /** Everything below is of the batch that is being delivered. */
    private OpenBatch batch;

    private Attempt attempt;
    private FutureTask<DriverAnswer.Ran> step;
    private boolean delivered;
    private boolean stageAnew;
    private int failures;
    private long dueNanos;
    private long nowNanos;

    /** @param thread a single one, for this sink alone; shut down with it */
    SparkSink(String name, SparkSinkSettings settings, SinkContext context, ExecutorService thread) {
        this.name = name;
        this.settings = settings;
        this.attempts = BatchNames.stagingDirectory(context.serverName(), context.journalId(), name);
        this.thread = thread;
        this.wakeUp = () -> context.wakeLane().accept(name);
        this.staging = context.jobs().staging(name);
        this.driver = context.jobs().driver(name);
        this.jars = context.jobs().jars();
        this.backOff = new BackOff(RETRY_DELAY_MAX, context.random(), context.clock());
        this.health = new SinkHealth(name, SparkSink.class);
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @param from what it says does not matter: the output of a batch is there whole, or not at all
     */
    @Override
    public void begin(OpenBatch next, Progress from, DeadLetterBox letters) {
        SinkShape shape = NextBatch.shape(name, batch, next, true);
        batch = next;
        delivered = false;
        stageAnew = false;
        failures = 0;
        jars.begins(name, JobText.hashes(shape));
        health.state(SinkState.DELIVERING, nowNanos);
        if (records(next) == 0) {
            log.debug("sink {}: batch {} has no records", name, next.cut().batch());
            passed();
        } else {
            run();
        }
    }

    private static long records(OpenBatch open) {
        return open.buckets().records() + open.buckets().keyless();
    }

    private void run() {
        attempt = new Attempt(batch, stageAnew);
        Attempt now = attempt;
        step = new FutureTask<>(now::run) {
            @Override
            protected void done() {
                wakeUp.run();
            }
        };
        stageAnew = false;
        phase = Phase.RUNNING;
        thread.execute(step);
    }

    /** One attempt at the batch, on the sink's thread. Reads nothing of the open batch but where it lies. */
    private final class Attempt {

        private final BatchBlocks blocks;
        private final String id;
        private final long records;
        private final long keyless;
        private final boolean anew;
        private volatile boolean withdrawn;

        Attempt(OpenBatch open, boolean anew) {
            Cut cut = open.cut();
            this.blocks = open.blocks();
            this.id = cut.shape().serverName() + "-" + open.journalId() + "-" + name + "-" + cut.batch();
            this.records = SparkSink.records(open);
            this.keyless = open.buckets().keyless();
            this.anew = anew;
        }

        DriverAnswer.Ran run() throws IOException, OffloadException, InterruptedException {
            List<JobJar> now = jars.update(name);
            if (anew) {
                staging.remove(blocks.batch());
            }
            String staged = staging.stage(blocks, () -> withdrawn);
            DriverAnswer.Ran ran = driver.run(request(now, staged), settings.timeout());
            try {
                staging.remove(blocks.batch());
            } catch (IOException e) {
                log.debug("sink {}: what was staged is removed with the next batch", name, e);
            }
            return ran;
        }

        private DriverRequest.Run request(List<JobJar> now, String staged) {
            Map<String, String> values = new LinkedHashMap<>();
            settings.settings().forEach((String key, PropertyValue value) -> values.put(key, value.value()));
            return new DriverRequest.Run(
                    id,
                    name,
                    settings.className(),
                    now,
                    values,
                    staged,
                    settings.uri().toString(),
                    attempts,
                    records,
                    keyless);
        }
    }

    @Override
    public boolean work(long now) {
        nowNanos = now;
        boolean worked =
                switch (phase) {
                    case IDLE -> false;
                    case RUNNING -> takeOutcome();
                    case WAITING -> tryAgain();
                };
        health.state(state(), nowNanos);
        return worked;
    }

    private boolean takeOutcome() {
        if (!step.isDone()) {
            return false;
        }
        FutureTask<DriverAnswer.Ran> ended = step;
        step = null;
        try {
            DriverAnswer.Ran ran = ended.get();
            work = work.after(batch.cut().batch(), ran.report());
            if (ran.before()) {
                log.info(
                        "sink {}: batch {} was there already", name, batch.cut().batch());
            } else {
                health.delivered(attempt.records, batch.cut().bytes());
            }
            passed();
        } catch (ExecutionException e) {
            failed(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("a step that is done is not waited for", e);
        }
        return true;
    }

    /**
     * What waiting, or a new jar, may mend is tried again; anything else is a mistake of ours, and the lane's to tell.
     */
    private void failed(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException mistake) {
            throw mistake;
        }
        stageAnew = cause instanceof OffloadException told && told.isPermanent();
        String what = OneLine.of(
                cause instanceof OffloadException && cause.getMessage() != null ? cause.getMessage() : cause.toString(),
                SHOWN_CHARS_MAX);
        health.failed(
                LoggedCauses.kind(what),
                "batch " + batch.cut().batch() + ": " + what + " (log: " + driver.logPath() + ")");
        log.debug("sink {}: batch {}", name, batch.cut().batch(), cause);
        failures++;
        dueNanos = nowNanos + backOff.delayNanos(failures);
        phase = Phase.WAITING;
    }

    private boolean tryAgain() {
        if (nowNanos < dueNanos) {
            return false;
        }
        run();
        return true;
    }

    private SinkState state() {
        if (phase == Phase.IDLE) {
            return SinkState.IDLE;
        }
        String waitsFor = driver.status().waitsFor();
        if (!waitsFor.isEmpty()) {
            health.waits("batch " + batch.cut().batch() + ": " + OneLine.of(waitsFor, SHOWN_CHARS_MAX));
            return SinkState.FAILING;
        }
        return failures > 0 ? SinkState.FAILING : SinkState.DELIVERING;
    }

    private void passed() {
        delivered = true;
        letGo();
    }

    private void letGo() {
        if (step != null) {
            attempt.withdrawn = true;
            driver.abandon();
            step = null;
        }
        attempt = null;
        batch = null;
        phase = Phase.IDLE;
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

    /** The end of an attempt wakes the sink anyhow; what Spark waits for meanwhile is looked at now and then. */
    @Override
    public long wakeAtNanos() {
        return switch (phase) {
            case IDLE -> NEVER;
            case RUNNING -> nowNanos + LOOK_NANOS;
            case WAITING -> dueNanos;
        };
    }

    @Override
    public void abandon() {
        delivered = false;
        letGo();
    }

    @Override
    public SinkStatus status() {
        OffloaderStatus now = driver.status();
        return health.status().with(work.expecting(now.predicted()).at(now.progress()));
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
        driver.close();
        thread.execute(staging::close);
        thread.shutdown();
    }
}
