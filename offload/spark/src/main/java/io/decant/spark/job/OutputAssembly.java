package io.decant.spark.job;

import io.decant.bucketer.HotKey;
import io.decant.bucketer.HotOrdinal;
import io.decant.offload.layout.Content;
import io.decant.offload.layout.TailEntry;
import io.decant.offload.staging.JobResult.HotRecord;
import io.decant.offload.staging.JobResult.NamedRecord;
import io.decant.offload.staging.Multiplicities;
import io.decant.offload.staging.RunFile;
import io.decant.spark.job.SegmentOutput.MovedFile;
import io.decant.spark.job.SegmentOutput.PartOutput;
import io.decant.spark.job.SegmentOutput.RunOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Moves the files that count out of their attempts, and says what they hold. For one thread. */
final class OutputAssembly {

    /** Renames in parallel: each is a round trip to the namenode, and there may be thousands. */
    private static final int THREADS = 8;

    private final FileSystem filesystem;
    private final Path output;
    private final AssignPlan plan;
    private final BucketJob.Summaries summaries;

    OutputAssembly(FileSystem filesystem, Path output, AssignPlan plan, BucketJob.Summaries summaries) {
        this.filesystem = filesystem;
        this.output = output;
        this.plan = plan;
        this.summaries = summaries;
    }

    /**
     * Puts the output together.
     *
     * @param outputs of all segments, in order
     * @param merged parts of tails
     */
    JobOutcome assemble(List<SegmentOutput> outputs, List<PartOutput> merged) throws IOException {
        List<PartOutput> parts = Stream.concat(
                        outputs.stream().flatMap(segment -> segment.parts().stream()), merged.stream())
                .toList();
        List<RunOutput> runs = plan.runs() ? present(outputs, SegmentOutput::run) : List.of();
        List<RunOutput> keyless = present(outputs, SegmentOutput::keyless);
        List<RunOutput> failed = present(outputs, SegmentOutput::failed);
        List<MovedFile> moves = new ArrayList<>();
        parts.forEach(part -> moves.add(part.file()));
        runs.forEach(run -> moves.addAll(run.files()));
        keyless.forEach(run -> moves.addAll(run.files()));
        failed.forEach(run -> moves.addAll(run.files()));
        move(moves);
        List<String> names = plan.hottest().stream().map(HotOrdinal::name).toList();
        List<NamedRecord> byName = outputs.stream()
                .flatMap(segment -> segment.hottest().stream())
                .sorted(Comparator.comparingInt(key -> names.indexOf(key.name())))
                .toList();
        Optional<HotRecord> last = outputs.stream()
                .map(SegmentOutput::lastBucketFirst)
                .filter(Objects::nonNull)
                .findFirst();
        Optional<HotRecord> hottest = HotKey.mostFrequent(
                        byName, key -> key.record().count())
                .map(NamedRecord::record)
                .or(() -> last);
        return new JobOutcome(
                summaries.multiplicities(),
                summaries.keyless(),
                hottest,
                files(runs),
                files(keyless),
                summaries.read(),
                files(failed),
                sinks(parts),
                byName);
    }

    private static List<RunOutput> present(List<SegmentOutput> outputs, Function<SegmentOutput, RunOutput> of) {
        return outputs.stream().map(of).filter(Objects::nonNull).toList();
    }

    private static List<RunFile> files(List<RunOutput> runs) {
        return runs.stream().map(RunOutput::run).toList();
    }

    private void move(List<MovedFile> moves) throws IOException {
        Set<Path> directories = new HashSet<>();
        for (MovedFile move : moves) {
            Path directory = new Path(output, move.to()).getParent();
            if (directories.add(directory)) {
                filesystem.mkdirs(directory);
            }
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> moved = new ArrayList<>();
            moves.forEach(move -> moved.add(threads.submit(() -> {
                move(move);
                return null;
            })));
            for (Future<?> one : moved) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while files were moved", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void move(MovedFile move) throws IOException {
        if (!filesystem.rename(new Path(output, move.from()), new Path(output, move.to()))) {
            throw new IOException("cannot move " + move.from() + " to " + move.to() + " in " + output);
        }
    }

    private Map<String, JobOutcome.SinkContent> sinks(List<PartOutput> parts) {
        JoinedParts joined = new JoinedParts(parts);
        Map<String, JobOutcome.SinkContent> sinks = new LinkedHashMap<>();
        for (int sink = 0; sink < plan.sinks().size(); sink++) {
            sinks.put(plan.sinks().get(sink).sink(), content(sink, joined));
        }
        return sinks;
    }

    private JobOutcome.SinkContent content(int sink, JoinedParts parts) {
        Multiplicities multiplicities = summaries.multiplicities();
        TailPlan tail = plan.tails().get(sink);
        List<Content> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < tail.firstBucket(); bucket++) {
            buckets.add(parts.of(sink, bucket));
            requireAll(multiplicities.records(bucket), buckets.get(bucket), "bucket " + bucket);
        }
        if (tail.isEmpty()) {
            return new JobOutcome.SinkContent(buckets, Optional.empty());
        }
        Content content = parts.of(sink, PartOutput.TAIL);
        requireAll(multiplicities.records() - multiplicities.recordsBefore(tail.firstBucket()), content, "the tail");
        return new JobOutcome.SinkContent(
                buckets,
                Optional.of(new TailEntry(tail.firstBucket(), content, multiplicities.sizesFrom(tail.firstBucket()))));
    }

    /** What was counted and what was written come by different ways. */
    private void requireAll(long records, Content content, String what) {
        if (content.records() != records) {
            throw new IllegalStateException(what + " in " + output + " has " + content.records() + " records, and "
                    + records + " were counted");
        }
    }

    /**
     * What the parts of each bucket, and of the tail, hold together. Goes through the parts once, however many buckets
     * there are.
     */
    static final class JoinedParts {

        private record Place(int sink, int bucket) {}

        private final Map<Place, Content> contents = new HashMap<>();

        JoinedParts(Iterable<PartOutput> parts) {
            Map<Place, List<PartOutput>> byPlace = new HashMap<>();
            for (PartOutput part : parts) {
                byPlace.computeIfAbsent(new Place(part.sink(), part.bucket()), place -> new ArrayList<>())
                        .add(part);
            }
            byPlace.forEach((place, of) -> contents.put(place, joined(of)));
        }

        private static Content joined(List<PartOutput> parts) {
            return parts.stream()
                    .sorted(Comparator.comparingInt(PartOutput::part))
                    .map(PartOutput::content)
                    .reduce(Content.NOTHING, Content::then);
        }

        /** Nothing where there is no part. */
        Content of(int sink, int bucket) {
            return contents.getOrDefault(new Place(sink, bucket), Content.NOTHING);
        }
    }
}
