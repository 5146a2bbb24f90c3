package io.decant.ingest.batch;

import io.decant.offload.staging.RunEntry;

/** Of a batch that was offloaded: what stands beside each record in its run. */
final class StagedOrigin implements RecordOrigin {

    private static final int NONE = -1;

    private final StagedBuckets buckets;
    private int stream = NONE;
    private long arrivalMillis;
    private long position;

    StagedOrigin(StagedBuckets buckets) {
        this.buckets = buckets;
    }

    @Override
    public boolean turnTo(int bucket, long ordinal) {
        long entry = buckets.entry(bucket, ordinal);
        int streamBefore = stream;
        long arrivalBefore = arrivalMillis;
        position = RunEntry.position(entry);
        arrivalMillis = RunEntry.arrivalMillis(entry);
        stream = buckets.stream(entry);
        return stream != streamBefore || arrivalMillis != arrivalBefore;
    }

    @Override
    public long position() {
        return position;
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
