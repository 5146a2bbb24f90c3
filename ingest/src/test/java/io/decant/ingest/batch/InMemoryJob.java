package io.decant.ingest.batch;

import io.decant.bucketer.ArrivalBuckets;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Frame;
import io.decant.bucketer.HotKey;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.TransformedBatch;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.SyncedOutput;
import io.decant.offload.staging.JobResult;
import io.decant.offload.staging.Multiplicities;
import io.decant.offload.staging.RunFile;
import io.decant.offload.staging.RunHeader;
import io.decant.offload.staging.RunWriter;
import io.decant.offload.staging.StagedBatch;
import io.decant.offload.staging.StagedFile;
import io.decant.offload.staging.StagedSegment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What the job on Spark does with a staged batch, done with the assigner of batches in memory. */
public final class InMemoryJob implements AutoCloseable {

    private final BatchFiles files;
    private final String directory;
    private final StagedBatch batch;
    private final List<StagedSegment> segments = new ArrayList<>();
    private final Chunks chunks = new Chunks();
    private BatchTransforms transforms;
    private final List<Origin> origins = new ArrayList<>();
    private final List<List<RunHeader.Stream>> streams = new ArrayList<>();

    /** Where a chunk came from, and where it lies. */
    private record Origin(int file, int stream, long first, long arrivalMillis, long address, long end) {}

    /** @param directory of the staged batch */
    public InMemoryJob(BatchFiles files, String directory) throws IOException {
        this.files = files;
        this.directory = directory;
        try (InputStream in = files.open(directory + "/" + StagedBatch.FILE_NAME)) {
            batch = StagedBatch.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        transforms = BatchTransforms.of(batch.transforms(), null, unknown -> {
            throw new IllegalStateException(unknown);
        });
        boolean whole = false;
        try {
            for (StagedFile file : batch.files()) {
                read(file);
            }
            whole = true;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    private void read(StagedFile file) throws IOException {
        int number = streams.size();
        List<RunHeader.Stream> names = new ArrayList<>();
        streams.add(names);
        StagedSegment segment;
        try (InputStream in = files.open(directory + "/" + file.name())) {
            segment = StagedSegment.read(in, file);
        }
        segments.add(segment);
        segment.forEachBlock(block -> {
            RunHeader.Stream stream = new RunHeader.Stream(block.source(), block.stream());
            if (!names.contains(stream)) {
                names.add(stream);
            }
            long address = block.payloadAddress();
            origins.add(new Origin(
                    number,
                    names.indexOf(stream),
                    block.first(),
                    block.arrivalMillis(),
                    address,
                    address + block.payloadBytes()));
            chunks.add(
                    address,
                    block.payloadBytes(),
                    block.records(),
                    chunks.size(),
                    block.framed(),
                    transforms.of(block.source()));
        });
    }

    /** The records of the batch, in their order, as text; a tombstone by what {@code tombstone} makes of its key. */
    public List<String> records(UnaryOperator<String> tombstone) {
        List<String> records = new ArrayList<>();
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            long end = chunks.address(chunk) + chunks.length(chunk);
            if (!chunks.isFramed(chunk)) {
                records.addAll(List.of(
                        text(chunks.address(chunk), chunks.length(chunk) - 1).split("\n", -1)));
                continue;
            }
            for (long frame = chunks.address(chunk); frame < end; frame += Frame.length(frame)) {
                records.add(
                        Frame.isTombstone(frame)
                                ? tombstone.apply(text(Frame.keyAddress(frame), Frame.keyLength(frame)))
                                : text(Frame.valueAddress(frame), Frame.valueLength(frame)));
            }
        }
        return records;
    }

    private static String text(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Writes the output, and has it appear. */
    public JobResult run(String attempt) throws IOException {
        String out = directory + "/" + attempt;
        files.delete(out);
        Keying keying = new Keying(
                KeySpec.of(batch.key()),
                MissingKey.valueOf(batch.missingKey().toUpperCase(Locale.ROOT)),
                batch.hashSeed(),
                transforms.transforms());
        BucketAssigner assigner = new BucketAssigner(1, Runnable::run);
        try (TransformedBatch transformed = chunks.hasTransforms() ? assigner.assignTransformed(chunks, keying) : null;
                ArrivalBuckets assignment =
                        transformed == null ? assigner.assign(chunks, keying, true) : transformed.newBuckets()) {
            List<RunFile> failed = new ArrayList<>();
            List<RunFile> runs = new ArrayList<>();
            List<RunFile> keyless = new ArrayList<>();
            for (int file = 0; file < batch.files().size(); file++) {
                runs.add(writeRun(assignment, file, out));
                keyless.add(writeKeyless(assignment, file, out));
                failed.add(writeFailed(assignment, file, out));
            }
            JobResult result = new JobResult(
                    batch.batch(),
                    multiplicities(assignment),
                    assignment.keyless(),
                    hottest(assignment),
                    runs.stream().filter(run -> run.records() > 0).toList(),
                    keyless.stream().filter(run -> run.records() > 0).toList(),
                    batch.records(),
                    failed.stream().filter(run -> run.records() > 0).toList(),
                    Map.of());
            try (SyncedOutput json = files.create(out + "/" + JobResult.FILE_NAME)) {
                json.write(result.toJson().getBytes(StandardCharsets.UTF_8));
                json.sync();
            }
            files.publish(out, directory + "/" + StagedBatch.OUT);
            return result;
        }
    }

    private RunFile writeRun(ArrivalBuckets assignment, int file, String out) throws IOException {
        String name = RunFile.DIRECTORY + "/" + RunFile.runName(file);
        try (SyncedOutput run = files.create(out + "/" + name);
                SyncedOutput index = files.create(out + "/" + name + RunFile.INDEX_SUFFIX)) {
            RunWriter writer = new RunWriter(run, index, streams.get(file));
            for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                    long arrival = assignment.arrival(bucket, ordinal);
                    int chunk = chunks.chunkOf(arrival);
                    Origin origin = origins.get(chunk);
                    if (origin.file() == file) {
                        add(
                                writer,
                                bucket,
                                origin,
                                origin.first() + arrival - chunks.firstRecord(chunk),
                                assignment.index(bucket, ordinal),
                                assignment.frame(bucket, ordinal),
                                assignment.address(bucket, ordinal),
                                assignment.length(bucket, ordinal));
                    }
                }
            }
            RunFile written = writer.finish(name);
            run.sync();
            index.sync();
            return written;
        }
    }

    private static void add(
            RunWriter writer, int bucket, Origin origin, long position, int index, long frame, long address, int length)
            throws IOException {
        boolean framed = frame != 0;
        writer.add(
                bucket,
                origin.stream(),
                position,
                index,
                origin.arrivalMillis(),
                framed ? frame : address,
                framed ? Frame.length(frame) : length,
                framed);
    }

    private RunFile writeKeyless(ArrivalBuckets assignment, int file, String out) throws IOException {
        String name = RunFile.DIRECTORY + "/" + RunFile.keylessName(file);
        try (SyncedOutput run = files.create(out + "/" + name)) {
            RunWriter writer = new RunWriter(run, OutputStream.nullOutputStream(), streams.get(file));
            for (long ordinal = 0; ordinal < assignment.keyless(); ordinal++) {
                long address = assignment.keylessAddress(ordinal);
                Origin origin = assignment.hasTransforms()
                        ? origins.get(chunks.chunkOf(assignment.keylessArrival(ordinal)))
                        : origins.stream()
                                .filter(one -> one.address() <= address && address <= one.end())
                                .findFirst()
                                .orElseThrow();
                if (origin.file() == file) {
                    add(
                            writer,
                            0,
                            origin,
                            0,
                            ArrivalBuckets.ONLY,
                            assignment.keylessFrame(ordinal),
                            address,
                            assignment.keylessLength(ordinal));
                }
            }
            RunFile written = writer.finish(name);
            run.sync();
            return written;
        }
    }

    private RunFile writeFailed(ArrivalBuckets assignment, int file, String out) throws IOException {
        String name = RunFile.DIRECTORY + "/" + RunFile.failedName(file);
        try (SyncedOutput run = files.create(out + "/" + name)) {
            RunWriter writer = new RunWriter(run, OutputStream.nullOutputStream(), streams.get(file));
            for (long ordinal = 0; ordinal < assignment.failed(); ordinal++) {
                Origin origin = origins.get(chunks.chunkOf(assignment.failedArrival(ordinal)));
                if (origin.file() == file) {
                    add(
                            writer,
                            0,
                            origin,
                            assignment.failure(ordinal).code(),
                            ArrivalBuckets.ONLY,
                            assignment.failedFrame(ordinal),
                            assignment.failedAddress(ordinal),
                            assignment.failedLength(ordinal));
                }
            }
            RunFile written = writer.finish(name);
            run.sync();
            return written;
        }
    }

    private static Multiplicities multiplicities(ArrivalBuckets assignment) {
        TreeMap<Integer, Long> keys = new TreeMap<>();
        for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
            long above = bucket + 1 < assignment.buckets() ? assignment.records(bucket + 1) : 0;
            if (assignment.records(bucket) > above) {
                keys.put(bucket + 1, assignment.records(bucket) - above);
            }
        }
        return Multiplicities.of(keys);
    }

    private static Optional<JobResult.HotRecord> hottest(ArrivalBuckets assignment) {
        return assignment.hottest().map(InMemoryJob::hot);
    }

    private static JobResult.HotRecord hot(HotKey key) {
        byte[] record = new byte[key.length()];
        Memory.copyToArray(key.address(), record, 0, record.length);
        int start = Math.min(record.length, JobResult.HotRecord.START_BYTES_MAX);
        return new JobResult.HotRecord(key.count(), Arrays.copyOf(record, start), record.length);
    }

    @Override
    public void close() {
        chunks.close();
        segments.forEach(StagedSegment::close);
    }
}
