package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.offload.client.OffloadException;
import io.decant.offload.client.SparkWork;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.staging.JobResult;
import io.decant.offload.staging.RunFile;
import io.decant.offload.staging.StagingFormatException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands staged batches to the offloader, and takes what comes of it. Owned by the stage's thread; what others may ask
 * says so.
 */
final class BatchSplitter {

    private static final long PROGRESS_LINE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger log = LoggerFactory.getLogger(BatchSplitter.class);

    private final BatchOffload.OffloadContext ground;
    private final StagingArea area;
    private final OffloadRetry retry;
    private final ExcludedRecords excluded;
    private final String journalIdText;
    private final Runnable wakeStage;
    private final AtomicLong splits = new AtomicLong();
    private volatile SparkWork work = SparkWork.NONE;
    private long progressLineAtNanos = Long.MIN_VALUE;

    /** @param wakeStage called when a job has ended, on any thread */
    BatchSplitter(
            BatchOffload.OffloadContext ground,
            StagingArea area,
            OffloadRetry retry,
            ExcludedRecords excluded,
            String journalIdText,
            Runnable wakeStage) {
        this.ground = ground;
        this.area = area;
        this.retry = retry;
        this.excluded = excluded;
        this.journalIdText = journalIdText;
        this.wakeStage = wakeStage;
    }

    /** Has a {@link OffloadState#STAGED} batch split, unless its output is there from before. */
    void submit(OffloadTask batch) throws IOException {
        if (area.exists(resultFile(batch))) {
            takeOutput(batch);
            return;
        }
        List<SinkOutput> outputs = ground.outputs().apply(batch.cut());
        String directory = StagingPlace.directory(batch.number());
        CompletableFuture<DriverAnswer.Done> job = ground.offloader()
                .submit(new DriverRequest.Job(
                        directory + "-" + batch.failures(),
                        area.uri(directory),
                        outputs,
                        batch.needsRuns() || !writesForAll(outputs, batch.cut())));
        batch.submitted(job);
        CompletableFuture<?> unused = job.whenComplete((done, failure) -> wakeStage.run());
    }

    private static boolean writesForAll(List<SinkOutput> outputs, Cut cut) {
        return cut.shape().sinks().stream().allMatch(sink -> outputs.stream()
                .anyMatch(output -> output.sink().equals(sink.name())));
    }

    /**
     * Looks what has become of a {@link OffloadState#SUBMITTED} batch.
     *
     * @return whether its job has ended
     */
    boolean look(OffloadTask batch, long nowNanos) throws IOException {
        CompletableFuture<DriverAnswer.Done> job = batch.job();
        if (!job.isDone()) {
            tellProgress(batch, nowNanos);
            return false;
        }
        batch.jobEnded();
        Throwable failure = job.handle((done, thrown) -> thrown).join();
        if (failure == null) {
            work = work.after(batch.number(), job.join().report());
            takeOutput(batch);
            return true;
        }
        if (failure instanceof OffloadException permanent && permanent.isPermanent()) {
            batch.stageAnew();
        }
        retry.failed(batch, failure, nowNanos);
        return true;
    }

    private void tellProgress(OffloadTask batch, long nowNanos) {
        if (nowNanos < progressLineAtNanos) {
            return;
        }
        progressLineAtNanos = nowNanos + PROGRESS_LINE_NANOS;
        ground.offloader()
                .status()
                .progress()
                .ifPresent(progress -> log.info(
                        "batch {}: on Spark, stage {} of {}, {} of {} tasks, {} records",
                        batch.number(),
                        progress.stage(),
                        progress.stages(),
                        progress.done(),
                        progress.tasks(),
                        progress.records()));
    }

    private static String resultFile(OffloadTask batch) {
        return StagingPlace.out(batch.number()) + "/" + JobResult.FILE_NAME;
    }

    private void takeOutput(OffloadTask batch) throws IOException {
        Cut cut = batch.cut();
        String out = area.uri(StagingPlace.out(cut.batch()));
        JobResult result = result(batch);
        long records = result.read();
        if (result.batch() != cut.batch()
                || records != cut.records() - batch.excluded().size()) {
            batch.stageAnew();
            throw new IOException(
                    "the output in " + out + " is of batch " + result.batch() + " with " + records + " records");
        }
        if (result.runs().isEmpty()
                && result.keylessRuns().isEmpty()
                && result.failedRuns().isEmpty()
                && !isFinishedForAll(cut, result)) {
            batch.needRuns();
            batch.stageAnew();
            throw new IOException("the output in " + out + " has nothing for one of its sinks");
        }
        String missing = missing(batch, result);
        if (!missing.isEmpty()) {
            batch.stageAnew();
            throw new IOException("the output in " + out + " " + missing);
        }
        splits.incrementAndGet();
        log.info("batch {}: split on Spark into {}", cut.batch(), result.multiplicities());
        CutScanner extent = batch.extent();
        batch.ready(new OffloadedBatch(
                journalIdText,
                cut,
                extent.end(),
                extent.hasFrames(),
                extent.hasReplay(),
                result,
                area.files(),
                out,
                ground.windowBytes(),
                () -> excluded.find(extent.start(), extent.end(), batch.excluded()),
                extent.blocks(cut, ExcludedRecords.ordinals(batch.excluded()))));
    }

    /** A result that no longer says what the job wrote will not get better: the batch is split once more. */
    private JobResult result(OffloadTask batch) throws IOException {
        String text = area.read(resultFile(batch));
        try {
            return JobResult.fromJson(text);
        } catch (JsonFormatException | StagingFormatException | RuntimeException e) {
            batch.stageAnew();
            throw new IOException(
                    area.uri(resultFile(batch)) + " cannot be read, the batch is staged again: " + e.getMessage(), e);
        }
    }

    /** What the output lacks of what its result says; empty where it lacks nothing. */
    private String missing(OffloadTask batch, JobResult result) throws IOException {
        List<RunFile> runs = result.runs();
        List<RunFile> keyless = result.keylessRuns();
        boolean hasAll =
                runs.isEmpty() || records(runs) == result.multiplicities().records();
        if (!hasAll || records(keyless) != result.keyless()) {
            return "has other numbers of records in its runs than in its buckets";
        }
        String out = StagingPlace.out(batch.number());
        for (RunFile run : result.failedRuns()) {
            if (!area.exists(out + "/" + run.name())) {
                return "has no " + run.name();
            }
        }
        for (RunFile run : keyless) {
            if (!area.exists(out + "/" + run.name())) {
                return "has no " + run.name();
            }
        }
        for (RunFile run : runs) {
            if (!area.exists(out + "/" + run.name()) || !area.exists(out + "/" + run.indexName())) {
                return "has no " + run.name() + " or no " + run.indexName();
            }
        }
        return "";
    }

    private static long records(List<RunFile> runs) {
        return runs.stream().mapToLong(RunFile::records).sum();
    }

    private static boolean isFinishedForAll(Cut cut, JobResult result) {
        return cut.shape().sinks().stream().allMatch(sink -> result.sinks().containsKey(sink.name()));
    }

    /** When the next line about a job under way is due. */
    long progressLineAtNanos() {
        return progressLineAtNanos;
    }

    /** What Spark has made of the batches since the start; any thread. */
    SparkWork work() {
        return work;
    }

    /** Batches that were split since the start; any thread. */
    long splits() {
        return splits.get();
    }
}
