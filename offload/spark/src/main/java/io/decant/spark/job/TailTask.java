package io.decant.spark.job;

import io.decant.offload.files.SafeClose;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.TailLine;
import io.decant.offload.staging.Multiplicities;
import io.decant.spark.job.SegmentOutput.MovedFile;
import io.decant.spark.job.SegmentOutput.PartOutput;
import io.decant.spark.job.SegmentOutput.RunOutput;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Merges a range of buckets from all runs: by bucket, then by run, which is the order of arrival. */
final class TailTask implements Function<TailTask.TailRange, PartOutput> {

    private static final String STAGE = "tail";
    private static final int BUFFER_BYTES_MAX = 128 * 1024;
    private static final int BUFFER_BYTES_MIN = 4 * 1024;
    /** For the buffers of all runs together. */
    private static final int BUFFERS_BYTES = 64 << 20;

    private final Broadcast<SerializableConfiguration> conf;
    private final AssignPlan plan;
    private final List<RunOutput> runs;

    /** @param runs in the order of their segments, where they were written */
    TailTask(Broadcast<SerializableConfiguration> conf, AssignPlan plan, List<RunOutput> runs) {
        this.conf = conf;
        this.plan = plan;
        this.runs = new ArrayList<>(runs);
    }

    @Override
    public PartOutput call(TailRange range) throws Exception {
        Configuration hadoop = conf.value().value();
        SinkPlan sink = plan.sinks().get(range.sink());
        AttemptFiles files = AttemptFiles.begin(plan.output(), STAGE, hadoop);
        PriorityQueue<RunCursor> cursors = new PriorityQueue<>(
                Math.max(1, runs.size()),
                Comparator.comparingInt(RunCursor::bucket).thenComparingInt(RunCursor::number));
        try {
            LinesPart lines = new LinesPart(files, sink.compression());
            return SafeClose.after(lines::close, () -> {
                open(range, hadoop, cursors);
                merge(range, cursors, lines);
                String name = sink.directory()
                        + BatchNames.TAIL
                        + "/"
                        + BatchNames.tailPart(range.part(), sink.compression());
                return new PartOutput(
                        new MovedFile(lines.name(), name), range.sink(), PartOutput.TAIL, range.part(), lines.finish());
            });
        } finally {
            for (RunCursor cursor : cursors) {
                cursor.close();
            }
        }
    }

    private void open(TailRange range, Configuration hadoop, PriorityQueue<RunCursor> cursors) throws IOException {
        Path output = new Path(plan.output());
        FileSystem filesystem = Filesystems.of(output, hadoop);
        int bufferBytes =
                Math.max(BUFFER_BYTES_MIN, Math.min(BUFFER_BYTES_MAX, BUFFERS_BYTES / 2 / Math.max(1, runs.size())));
        for (int number = 0; number < runs.size(); number++) {
            List<MovedFile> written = runs.get(number).files();
            cursors.add(new RunCursor(
                    number,
                    filesystem,
                    new Path(output, written.get(0).from()),
                    new Path(output, written.get(1).from()),
                    range.from(),
                    bufferBytes));
        }
    }

    private static void merge(TailRange range, PriorityQueue<RunCursor> cursors, LinesPart lines) throws IOException {
        int bucket = range.from();
        byte[] prefix = TailLine.prefix(bucket);
        while (!cursors.isEmpty() && cursors.peek().bucket() < range.to()) {
            RunCursor next = cursors.poll();
            try {
                if (next.bucket() != bucket) {
                    bucket = next.bucket();
                    prefix = TailLine.prefix(bucket);
                }
                next.writeTo(lines, prefix);
            } finally {
                cursors.add(next);
            }
        }
    }

    /**
     * Buckets that one task merges.
     *
     * @param sink for which sink, by its place in the plan
     * @param part the number of the part that it writes
     * @param from the first bucket
     * @param to behind the last bucket
     */
    record TailRange(int sink, int part, int from, int to) implements Serializable {

        /** About as many records a task. */
        static final long RECORDS = 1L << 20;

        /** Divides the merged buckets of a sink's tail into ranges of about the same number of records. */
        static List<TailRange> of(int sink, TailPlan tail, Multiplicities multiplicities) {
            List<TailRange> ranges = new ArrayList<>();
            int from = tail.mergedFrom();
            while (from < tail.buckets()) {
                long last = multiplicities.recordsBefore(from) + RECORDS;
                int to = last < multiplicities.records()
                        ? Math.max(from + 1, multiplicities.bucketOf(last))
                        : tail.buckets();
                ranges.add(new TailRange(sink, tail.mergedPart(ranges.size()), from, to));
                from = to;
            }
            return ranges;
        }
    }
}
