package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.staging.JobResult;
import io.decant.offload.staging.RunEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A batch whose buckets lie on a filesystem, split. For any thread.
 *
 * @param end position behind its cut: where the next batch begins
 * @param frames whether some of its records are frames
 * @param replay whether its records are dead letters that go out again
 * @param outUri of the job's output
 * @param windowBytes memory that each reader may take
 * @param excluded brings its records that are set aside, from the journal
 * @param blocks where it lies in the journal
 */
record OffloadedBatch(
        String journalIdText,
        Cut cut,
        long end,
        boolean frames,
        boolean replay,
        JobResult result,
        BatchFiles files,
        String outUri,
        long windowBytes,
        Supplier<ExcludedRecords.Found> excluded,
        BatchBlocks blocks) {

    /** The batch for one reader, with a window of its own. */
    OpenBatch open() {
        ExcludedRecords.Found setAside = excluded.get();
        StagedBuckets buckets = null;
        try {
            buckets = new StagedBuckets(files, StagingPlace.out(cut.batch()), result, frames, windowBytes);
            return open(buckets, setAside);
        } catch (Throwable e) {
            if (buckets != null) {
                buckets.close();
            }
            setAside.close();
            throw e;
        }
    }

    private OpenBatch open(StagedBuckets buckets, ExcludedRecords.Found setAside) {
        Map<String, String> finished = new LinkedHashMap<>();
        BatchTransforms transforms =
                BatchTransforms.of(cut.shape().transforms(), HashSalt.ofEnvironment(), unknown -> {});
        result.sinks().forEach((sink, directory) -> finished.put(sink, outUri + "/" + directory));
        return new OpenBatch(
                journalIdText,
                cut,
                buckets,
                () -> new StagedOrigin(buckets),
                buckets.newFrameStreams(),
                finished,
                replay,
                setAside.records(),
                buckets.failed(transforms),
                blocks,
                setAside::close);
    }

    /** Of a batch that was offloaded: what stands beside each record in its run. */
    private static final class StagedOrigin implements RecordOrigin {

        private static final int NONE = -1;

        private final StagedBuckets buckets;
        private int stream = NONE;
        private long arrivalMillis;
        private long position;
        private int index;

        StagedOrigin(StagedBuckets buckets) {
            this.buckets = buckets;
        }

        @Override
        public boolean turnTo(int bucket, long ordinal) {
            long entry = buckets.entry(bucket, ordinal);
            int streamBefore = stream;
            long arrivalBefore = arrivalMillis;
            position = RunEntry.position(entry);
            index = RunEntry.index(entry);
            arrivalMillis = RunEntry.arrivalMillis(entry);
            stream = buckets.stream(entry);
            return stream != streamBefore || arrivalMillis != arrivalBefore;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public long arrivalMillis() {
            return arrivalMillis;
        }

        @Override
        public long sourceAddress() {
            return buckets.streams().sourceAddress(stream);
        }

        @Override
        public int sourceBytes() {
            return buckets.streams().sourceBytes(stream);
        }

        @Override
        public long streamAddress() {
            return buckets.streams().streamAddress(stream);
        }

        @Override
        public int streamBytes() {
            return buckets.streams().streamBytes(stream);
        }
    }
}
