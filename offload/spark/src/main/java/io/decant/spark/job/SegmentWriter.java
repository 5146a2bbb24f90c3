package io.decant.spark.job;

import io.decant.bucketer.ArrivalBuckets;
import io.decant.bucketer.Frame;
import io.decant.bucketer.HotOrdinal;
import io.decant.bucketer.Memory;
import io.decant.bucketer.SegmentBuckets;
import io.decant.offload.files.SafeClose;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.TailLine;
import io.decant.offload.staging.JobResult.HotRecord;
import io.decant.offload.staging.JobResult.NamedRecord;
import io.decant.offload.staging.RunFile;
import io.decant.offload.staging.RunWriter;
import io.decant.spark.job.SegmentOutput.MovedFile;
import io.decant.spark.job.SegmentOutput.PartOutput;
import io.decant.spark.job.SegmentOutput.RunOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Writes the records of one segment: by bucket for each sink, as a run, and those without a key. Owned by one thread,
 * with some to write parts.
 */
final class SegmentWriter {

    private static final byte[] NO_PREFIX = {};

    private final AssignPlan plan;
    private final int segment;
    private final LoadedSegment loaded;
    private final SegmentBuckets buckets;
    private final AttemptFiles files;

    SegmentWriter(AssignPlan plan, int segment, LoadedSegment loaded, SegmentBuckets buckets, AttemptFiles files) {
        this.plan = plan;
        this.segment = segment;
        this.loaded = loaded;
        this.buckets = buckets;
        this.files = files;
    }

    SegmentOutput write() throws IOException {
        try (PartWriters writers = new PartWriters()) {
            for (long from = 0; from < buckets.records(); ) {
                long end = endOfBucket(from);
                for (int sink = 0; sink < plan.sinks().size(); sink++) {
                    writePart(sink, from, end, writers);
                }
                from = end;
            }
            return new SegmentOutput(
                    segment,
                    writers.finish(),
                    writeRun(),
                    writeKeyless(),
                    writeFailed(),
                    lastBucketFirst(),
                    new ArrayList<>(hottest()));
        }
    }

    private long endOfBucket(long from) {
        int bucket = buckets.bucket(from);
        long end = from + 1;
        while (end < buckets.records() && buckets.bucket(end) == bucket) {
            end++;
        }
        return end;
    }

    private void writePart(int sink, long from, long end, PartWriters writers) {
        SinkPlan to = plan.sinks().get(sink);
        TailPlan tail = plan.tails().get(sink);
        int bucket = buckets.bucket(from);
        if (bucket < to.bucketDirs()) {
            String name = to.directory()
                    + BatchNames.bucketDirectory(bucket)
                    + "/"
                    + BatchNames.part(segment, to.format(), to.compression());
            writers.write(() -> writeLines(sink, bucket, segment, name, NO_PREFIX, from, end));
        } else if (!tail.isMerged(bucket)) {
            int part = tail.directPart(bucket, segment);
            String name = to.directory() + BatchNames.TAIL + "/" + BatchNames.tailPart(part, to.compression());
            byte[] prefix = TailLine.prefix(bucket);
            writers.write(() -> writeLines(sink, PartOutput.TAIL, part, name, prefix, from, end));
        }
    }

    private PartOutput writeLines(int sink, int bucket, int part, String name, byte[] prefix, long from, long end)
            throws IOException {
        LinesPart lines = new LinesPart(files, plan.sinks().get(sink).compression());
        return SafeClose.after(lines::close, () -> {
            for (long number = from; number < end; number++) {
                lines.line(prefix, buckets.address(number), buckets.length(number));
            }
            return new PartOutput(new MovedFile(lines.name(), name), sink, bucket, part, lines.finish());
        });
    }

    private RunOutput writeRun() throws IOException {
        long first = firstOf(plan.runsFrom());
        if (first == buckets.records()) {
            return null;
        }
        AttemptFiles.AttemptFile run = files.create();
        return SafeClose.after(run::close, () -> {
            AttemptFiles.AttemptFile index = files.create();
            return SafeClose.after(index::close, () -> writeRun(first, run, index));
        });
    }

    private RunOutput writeRun(long first, AttemptFiles.AttemptFile run, AttemptFiles.AttemptFile index)
            throws IOException {
        String name = RunFile.DIRECTORY + "/" + RunFile.runName(segment);
        RunWriter writer = new RunWriter(run, index, loaded.streams());
        for (long number = first; number < buckets.records(); number++) {
            loaded.turnTo(buckets.arrival(number));
            add(
                    writer,
                    buckets.bucket(number),
                    buckets.index(number),
                    buckets.frame(number),
                    buckets.address(number),
                    buckets.length(number));
        }
        RunFile written = writer.finish(name);
        run.sync();
        index.sync();
        return new RunOutput(
                written, List.of(new MovedFile(run.name(), name), new MovedFile(index.name(), written.indexName())));
    }

    /** The first record in {@code bucket} or a later one; bisects. */
    private long firstOf(int bucket) {
        long low = 0;
        long high = buckets.records();
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (buckets.bucket(middle) < bucket) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private RunOutput writeKeyless() throws IOException {
        if (buckets.keyless() == 0) {
            return null;
        }
        String name = RunFile.DIRECTORY + "/" + RunFile.keylessName(segment);
        AttemptFiles.AttemptFile run = files.create();
        return SafeClose.after(run::close, () -> {
            RunWriter writer = new RunWriter(run, OutputStream.nullOutputStream(), loaded.streams());
            for (long number = 0; number < buckets.keyless(); number++) {
                loaded.turnTo(buckets.keylessArrival(number));
                add(
                        writer,
                        0,
                        ArrivalBuckets.ONLY,
                        buckets.keylessFrame(number),
                        buckets.keylessAddress(number),
                        buckets.keylessLength(number));
            }
            RunFile written = writer.finish(name);
            run.sync();
            return new RunOutput(written, List.of(new MovedFile(run.name(), name)));
        });
    }

    private RunOutput writeFailed() throws IOException {
        if (buckets.failed() == 0) {
            return null;
        }
        String name = RunFile.DIRECTORY + "/" + RunFile.failedName(segment);
        AttemptFiles.AttemptFile run = files.create();
        return SafeClose.after(run::close, () -> {
            RunWriter writer = new RunWriter(run, OutputStream.nullOutputStream(), loaded.streams());
            for (long number = 0; number < buckets.failed(); number++) {
                loaded.turnTo(buckets.failedArrival(number));
                long frame = buckets.failedFrame(number);
                writer.add(
                        0,
                        loaded.stream(),
                        buckets.failure(number).code(),
                        loaded.arrivalMillis(),
                        frame != 0 ? frame : buckets.failedAddress(number),
                        frame != 0 ? Frame.length(frame) : buckets.failedLength(number),
                        frame != 0);
            }
            RunFile written = writer.finish(name);
            run.sync();
            return new RunOutput(written, List.of(new MovedFile(run.name(), name)));
        });
    }

    /** Adds the record that was turned to: the whole frame where it lies in one. */
    private void add(RunWriter writer, int bucket, int index, long frame, long address, int length) throws IOException {
        boolean framed = frame != 0;
        writer.add(
                bucket,
                loaded.stream(),
                loaded.position(),
                index,
                loaded.arrivalMillis(),
                framed ? frame : address,
                framed ? Frame.length(frame) : length,
                framed);
    }

    private List<NamedRecord> hottest() {
        List<NamedRecord> hottest = new ArrayList<>();
        for (HotOrdinal key : plan.hottest()) {
            if (key.segment() == segment) {
                long number = buckets.numberOf(key.record());
                byte[] start = new byte[Math.min(buckets.length(number), HotRecord.START_BYTES_MAX)];
                Memory.copyToArray(buckets.address(number), start, 0, start.length);
                hottest.add(new NamedRecord(key.name(), new HotRecord(key.count(), start, buckets.length(number))));
            }
        }
        return hottest;
    }

    private HotRecord lastBucketFirst() {
        long number = firstOf(plan.buckets() - 1);
        if (number == buckets.records()) {
            return null;
        }
        long frame = buckets.frame(number);
        boolean key = plan.rule().isBesideValue() && frame != 0 && Frame.hasKey(frame);
        int length = key ? Frame.keyLength(frame) : buckets.length(number);
        byte[] start = new byte[Math.min(length, HotRecord.START_BYTES_MAX)];
        Memory.copyToArray(key ? Frame.keyAddress(frame) : buckets.address(number), start, 0, start.length);
        return new HotRecord(plan.buckets(), start, length);
    }

    /**
     * Writes the parts of a segment, some at a time: of a small one nearly all the time is spent waiting for namenode
     * and datanodes. Closed, no thread of it is at work any more, so the memory that they read may go.
     *
     * <p>Owned by one thread.
     */
    private static final class PartWriters implements AutoCloseable {

        private static final int THREADS = 4;

        private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        private final List<Future<PartOutput>> parts = new ArrayList<>();

        /** Has a part written. */
        void write(Callable<PartOutput> part) {
            parts.add(threads.submit(part));
        }

        /** Waits for all parts; the first failure of one is thrown. */
        List<PartOutput> finish() throws IOException {
            List<PartOutput> written = new ArrayList<>(parts.size());
            try {
                for (Future<PartOutput> part : parts) {
                    written.add(part.get());
                }
                return written;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while parts were written", e);
            }
        }

        /** Discards what is not written yet, and waits for the running writers, even if interrupted. */
        @Override
        public void close() {
            threads.shutdownNow();
            boolean interrupted = false;
            boolean ended = false;
            while (!ended) {
                try {
                    ended = threads.awaitTermination(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
