package io.decant.spark.userjob;

import io.decant.offload.layout.BatchId;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.JobManifest;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.staging.StagedBatch;
import io.decant.spark.job.StagedRecords;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a job at a batch. {@link #run} is for one thread, which is interrupted by {@link #cancel}, that is for
 * any.
 */
public final class UserRun {

    private static final Logger log = LoggerFactory.getLogger(UserRun.class);

    private final JavaSparkContext spark;
    private final DriverRequest.Run request;
    private final ClassLoader loader;
    /** Guarded by this. Null: it is not at work. */
    private Thread thread;

    /** Guarded by this. Why it was cancelled; empty: it was not. */
    private String cancelled = "";

    /** @param loader of the job's classes */
    public UserRun(JavaSparkContext spark, DriverRequest.Run request, ClassLoader loader) {
        this.spark = spark;
        this.request = request;
        this.loader = loader;
    }

    /**
     * The outcome of an attempt.
     *
     * @param out URI of the batch's directory
     * @param before whether the batch was there before, so that nothing was run
     */
    public record Outcome(String out, boolean before) {}

    /** Which batch it is for: {@link DriverRequest.Run#id}. */
    public String id() {
        return request.id();
    }

    /**
     * Runs the job and publishes its output, unless that is there already.
     *
     * @param begins told of the batch before the job runs; not where its output is there already
     * @throws UserJobException where the job cannot be run, or has failed
     */
    public Outcome run(Consumer<StagedBatch> begins) throws IOException, UserJobException {
        StagedRecords records = new StagedRecords(spark, request.staged());
        BatchId id = id(records.batch());
        JobOutput output = new JobOutput(
                request.root(), request.attempts(), BatchNames.directory(id), id.batch(), spark.hadoopConfiguration());
        output.clean();
        if (output.isPublished(request.id())) {
            output.end();
            return new Outcome(output.uri(), true);
        }
        begins.accept(records.batch());
        String className = ShippedJobs.className(request.className(), loader);
        try {
            run(className, records, output.begin());
            boolean first = output.publish(manifest(id, className));
            return new Outcome(output.uri(), !first && output.isPublished(request.id()));
        } finally {
            end(output);
        }
    }

    private void run(String className, StagedRecords records, String directory) throws UserJobException {
        UserJob job = UserJob.load(className, loader);
        begin();
        try {
            job.run(spark, new StagedUserBatch(request.id(), records, directory, request.settings()));
        } catch (UserJobException e) {
            throw told(e);
        } finally {
            done();
        }
        String why = cancelled();
        if (!why.isEmpty()) {
            throw new UserJobException(why, null);
        }
    }

    private synchronized void begin() throws UserJobException {
        if (!cancelled.isEmpty()) {
            throw new UserJobException(cancelled, null);
        }
        thread = Thread.currentThread();
        spark.setJobGroup(request.id(), request.id(), true);
    }

    /** From here on nobody is interrupted, and nothing of Spark's is at work for the job that it did not wait for. */
    private synchronized void done() {
        thread = null;
        boolean unused = Thread.interrupted();
        spark.clearJobGroup();
        spark.cancelJobGroup(request.id());
    }

    private synchronized String cancelled() {
        return cancelled;
    }

    private UserJobException told(UserJobException e) {
        String why = cancelled();
        return why.isEmpty() ? e : new UserJobException(why, e);
    }

    /** Has it end soon, if the job takes notice: its Spark jobs are cancelled, and its thread is interrupted. */
    public void cancel(String why) {
        Thread working;
        synchronized (this) {
            cancelled = why;
            working = thread;
            if (working != null) {
                working.interrupt();
            }
        }
        if (working != null) {
            spark.cancelJobGroup(request.id());
        }
    }

    /** What cannot be removed now, the next attempt removes. */
    private static void end(JobOutput output) {
        try {
            output.end();
        } catch (IOException e) {
            log.warn("an attempt's files cannot be removed yet", e);
        }
    }

    private static BatchId id(StagedBatch batch) {
        return new BatchId(
                batch.server(),
                batch.journalId(),
                batch.batch(),
                Instant.ofEpochMilli(batch.windowStartMillis()),
                Instant.ofEpochMilli(batch.windowEndMillis()));
    }

    private JobManifest manifest(BatchId id, String className) {
        return new JobManifest(
                request.id(),
                id.serverName(),
                id.journalId(),
                id.batch(),
                new JobManifest.Window(
                        id.windowStart().toString(), id.windowEnd().toString()),
                request.sink(),
                className,
                request.jars().stream()
                        .map(jar -> new JobManifest.Jar(jar.name(), jar.sha256()))
                        .toList(),
                request.records(),
                request.keyless());
    }
}
