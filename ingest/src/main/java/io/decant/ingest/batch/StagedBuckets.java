package io.decant.ingest.batch;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Frame;
import io.decant.bucketer.HotKey;
import io.decant.bucketer.Memory;
import io.decant.bucketer.TransformFailure;
import io.decant.ingest.batch.OpenBatch.ExcludedRecord;
import io.decant.ingest.batch.OpenBatch.FrameStreams;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.staging.JobResult;
import io.decant.offload.staging.RunEntry;
import io.decant.offload.staging.RunFile;
import io.decant.offload.staging.RunHeader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The buckets of a batch that was offloaded, read from the runs of the job's output through a bounded window of native
 * memory: so a batch may be larger than memory. A bucket is its slices of all runs, one after another.
 *
 * <p>Owned by one thread at a time, which waits for the filesystem. Where that cannot be read, a method throws a
 * {@link StagedReadException} and may be called again.
 */
final class StagedBuckets implements Buckets {

    private static final int NEWLINE_BYTES = 1;
    private static final int NO_BUCKET = -1;

    private final BatchFiles files;
    private final String out;
    private final JobResult result;
    private final boolean frames;
    private final StagedPages pages;
    private final List<StagedIndex> indexes = new ArrayList<>();
    private final StagedSlices slices;
    private final StagedSlices keyless;
    private final StagedSlices failed;
    private final StreamNames streams = new StreamNames();
    private final int[][] streamsOf;
    private final long hottest;
    private final int hottestBytes;
    private final List<HotKey> hottestByName = new ArrayList<>();
    private int bucket = NO_BUCKET;
    private boolean closed;

    /**
     * @param out the directory of the job's output, among {@code files}
     * @param frames whether some of the batch's records may be frames
     * @param windowBytes about how much memory this may take
     */
    StagedBuckets(BatchFiles files, String out, JobResult result, boolean frames, long windowBytes) {
        this.files = files;
        this.out = out;
        this.result = result;
        this.frames = frames;
        this.pages = new StagedPages(files, names(out, result), windowBytes);
        for (int run = 0; run < result.runs().size(); run++) {
            indexes.add(new StagedIndex(pages, result.runs().size() + run));
        }
        this.slices = new StagedSlices(pages);
        this.keyless = new StagedSlices(pages);
        this.failed = new StagedSlices(pages);
        this.streamsOf = new int[result.runs().size()][];
        byte[] start = result.hottest().map(JobResult.HotRecord::start).orElse(new byte[0]);
        this.hottestBytes = start.length;
        this.hottest = Memory.allocate(Math.max(1, start.length));
        Memory.copyFromArray(start, 0, start.length, hottest);
        try {
            result.hottestByName().forEach(key -> hottestByName.add(copied(key)));
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /** The runs, then their indexes, then the runs without keys, and of what failed. */
    private static List<String> names(String out, JobResult result) {
        List<String> names = new ArrayList<>();
        result.runs().forEach(run -> names.add(out + "/" + run.name()));
        result.runs().forEach(run -> names.add(out + "/" + run.indexName()));
        result.keylessRuns().forEach(run -> names.add(out + "/" + run.name()));
        result.failedRuns().forEach(run -> names.add(out + "/" + run.name()));
        return names;
    }

    @Override
    public long records() {
        requireOpen();
        return result.multiplicities().records();
    }

    @Override
    public int buckets() {
        requireOpen();
        return result.multiplicities().buckets();
    }

    @Override
    public long records(int of) {
        requireOpen();
        return result.multiplicities().records(of);
    }

    @Override
    public long address(int of, long ordinal) {
        return valueAddress(entry(of, ordinal));
    }

    @Override
    public int length(int of, long ordinal) {
        return valueLength(entry(of, ordinal));
    }

    @Override
    public long frame(int of, long ordinal) {
        return frame(entry(of, ordinal));
    }

    @Override
    public boolean hasFrames() {
        requireOpen();
        return frames;
    }

    @Override
    public long keyless() {
        requireOpen();
        return result.keyless();
    }

    @Override
    public long keylessAddress(long ordinal) {
        return valueAddress(keylessEntry(ordinal));
    }

    @Override
    public int keylessLength(long ordinal) {
        return valueLength(keylessEntry(ordinal));
    }

    @Override
    public long keylessFrame(long ordinal) {
        return frame(keylessEntry(ordinal));
    }

    private static long valueAddress(long entry) {
        long record = RunEntry.recordAddress(entry);
        return RunEntry.framed(entry) ? Frame.valueAddress(record) : record;
    }

    private static int valueLength(long entry) {
        return RunEntry.framed(entry) ? Frame.valueLength(RunEntry.recordAddress(entry)) : RunEntry.recordLength(entry);
    }

    private static long frame(long entry) {
        return RunEntry.framed(entry) ? RunEntry.recordAddress(entry) : 0;
    }

    /** Where the entry of a record begins, until the next call. */
    long entry(int of, long ordinal) {
        Objects.checkIndex(ordinal, records(of));
        if (of != bucket) {
            turnTo(of);
        }
        return slices.turnTo(ordinal);
    }

    private void turnTo(int of) {
        bucket = NO_BUCKET;
        slices.clear();
        for (int run = 0; run < indexes.size(); run++) {
            StagedIndex index = indexes.get(run);
            index.turnTo(of);
            if (index.bucket() == of) {
                slices.add(run, index.offset(), index.records());
            }
        }
        if (slices.size() != result.multiplicities().records(of)) {
            throw new IllegalStateException("bucket " + of + " of " + out + " has " + slices.size()
                    + " records in its runs, and " + result.multiplicities().records(of) + " by its result");
        }
        bucket = of;
    }

    private long keylessEntry(long ordinal) {
        Objects.checkIndex(ordinal, keyless());
        if (keyless.size() != result.keyless()) {
            addKeyless();
        }
        return keyless.turnTo(ordinal);
    }

    private void addKeyless() {
        keyless.clear();
        int file = 2 * result.runs().size();
        for (RunFile run : result.keylessRuns()) {
            keyless.add(file, header(run).bytes(), run.records());
            file++;
        }
    }

    private long failedEntry(long ordinal) {
        Objects.checkIndex(ordinal, result.failed());
        if (failed.size() != result.failed()) {
            failed.clear();
            int file = 2 * result.runs().size() + result.keylessRuns().size();
            for (RunFile run : result.failedRuns()) {
                failed.add(file, header(run).bytes(), run.records());
                file++;
            }
        }
        return failed.turnTo(ordinal);
    }

    /** The records that could not be transformed. */
    FailedTransforms failed(BatchTransforms transforms) {
        return new FailedTransforms() {
            private RunHeader header;
            private int headerOf = NO_BUCKET;

            @Override
            public long count() {
                return result.failed();
            }

            @Override
            public ExcludedRecord record(long ordinal) {
                long entry = failedEntry(ordinal);
                int run = failed.file()
                        - 2 * result.runs().size()
                        - result.keylessRuns().size();
                if (run != headerOf) {
                    header = header(result.failedRuns().get(run));
                    headerOf = run;
                    entry = failedEntry(ordinal);
                }
                RunHeader.Stream stream = header.streams().get(RunEntry.stream(entry));
                boolean framed = RunEntry.framed(entry);
                int transform = transforms.of(stream.source());
                return new ExcludedRecord(
                        transforms.reason(transform, TransformFailure.of((int) RunEntry.position(entry))),
                        valueAddress(entry),
                        valueLength(entry),
                        frame(entry),
                        framed ? stream.name() : "",
                        transforms.source(transform));
            }
        };
    }

    private RunHeader header(RunFile run) {
        String name = out + "/" + run.name();
        try (InputStream in = files.open(name)) {
            return RunHeader.read(in);
        } catch (IOException e) {
            throw new StagedReadException(name, e);
        }
    }

    /** In which streams frames came. */
    FrameStreams newFrameStreams() {
        return new FrameStreams() {
            private RunHeader headerOfKeyless;
            private int runOfKeyless;

            @Override
            public String of(int bucketOf, long ordinal) {
                long entry = entry(bucketOf, ordinal);
                return RunEntry.framed(entry) ? streams.name(stream(entry)) : "";
            }

            @Override
            public String ofKeyless(long ordinal) {
                long entry = keylessEntry(ordinal);
                if (!RunEntry.framed(entry)) {
                    return "";
                }
                int run = keyless.file() - 2 * result.runs().size();
                if (headerOfKeyless == null || run != runOfKeyless) {
                    headerOfKeyless = header(result.keylessRuns().get(run));
                    runOfKeyless = run;
                }
                return headerOfKeyless.streams().get(RunEntry.stream(entry)).name();
            }
        };
    }

    /** Which of {@link #streams} the record came in that was turned to last, in a bucket. */
    int stream(long entry) {
        int run = slices.file();
        if (streamsOf[run] == null) {
            streamsOf[run] = header(result.runs().get(run)).streams().stream()
                    .mapToInt(streams::add)
                    .toArray();
        }
        return streamsOf[run][RunEntry.stream(entry)];
    }

    StreamNames streams() {
        return streams;
    }

    @Override
    public long partEnd(int of, long first, long maxRecords, long maxBytes) {
        return Buckets.partEnd(first, records(of), maxRecords, maxBytes, ordinal -> lineLength(of, ordinal));
    }

    @Override
    public long linesLength(int of, long first, long end) {
        Objects.checkFromToIndex(first, end, records(of));
        long bytes = 0;
        for (long ordinal = first; ordinal < end; ordinal++) {
            bytes += lineLength(of, ordinal);
        }
        return bytes;
    }

    @Override
    public long copyLines(int of, long first, long end, long destination) {
        Objects.checkFromToIndex(first, end, records(of));
        if (frames) {
            throw new IllegalStateException("records in frames are not lines");
        }
        long to = destination;
        for (long ordinal = first; ordinal < end; ordinal++) {
            long entry = entry(of, ordinal);
            int length = RunEntry.recordLength(entry);
            Memory.copy(RunEntry.recordAddress(entry), to, length);
            Memory.putByte(to + length, (byte) '\n');
            to += length + NEWLINE_BYTES;
        }
        return to - destination;
    }

    private long lineLength(int of, long ordinal) {
        return length(of, ordinal) + (long) NEWLINE_BYTES;
    }

    /** Of a long record only the start is at hand. */
    @Override
    public Optional<HotKey> hottest() {
        requireOpen();
        return result.hottest().map(hot -> new HotKey(hottest, hottestBytes, hot.count()));
    }

    @Override
    public List<HotKey> hottestByName() {
        requireOpen();
        return Collections.unmodifiableList(hottestByName);
    }

    private static HotKey copied(JobResult.NamedRecord key) {
        byte[] start = key.record().start();
        long address = Memory.allocate(Math.max(1, start.length));
        Memory.copyFromArray(start, 0, start.length, address);
        return new HotKey(key.name(), address, start.length, key.record().count());
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("these buckets are closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pages.close();
            streams.close();
            Memory.free(hottest, Math.max(1, hottestBytes));
            hottestByName.forEach(key -> Memory.free(key.address(), Math.max(1, key.length())));
        }
    }
}
