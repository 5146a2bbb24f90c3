package io.decant.bucketer;

import java.util.List;

/** All records of all buckets, in order of bucket, then arrival. Not changed: any number of threads may read. */
final class InMemoryOutputs implements OutputLayout {

    private final OutputTable outputs;
    private final LongArray starts;
    private final int buckets;
    private final OutputTable keyless;
    private final List<HotPlace> hottest;

    /** Takes the arrays over. */
    InMemoryOutputs(OutputTable outputs, LongArray starts, int buckets, OutputTable keyless, List<HotPlace> hottest) {
        this.hottest = hottest;
        this.outputs = outputs;
        this.starts = starts;
        this.buckets = buckets;
        this.keyless = keyless;
    }

    @Override
    public long records() {
        return starts.get(buckets);
    }

    @Override
    public int buckets() {
        return buckets;
    }

    @Override
    public long records(int bucket) {
        return starts.get(bucket + 1L) - starts.get(bucket);
    }

    @Override
    public long place(int bucket, long ordinal) {
        return starts.get(bucket) + ordinal;
    }

    @Override
    public long following(int bucket, long ordinal) {
        return records(bucket) - ordinal;
    }

    @Override
    public OutputTable outputs() {
        return outputs;
    }

    @Override
    public long keyless() {
        return keyless.length();
    }

    @Override
    public long keylessPlace(long ordinal) {
        return ordinal;
    }

    @Override
    public OutputTable keylessOutputs() {
        return keyless;
    }

    @Override
    public List<HotPlace> hottest() {
        return hottest;
    }

    /** Nothing: others read, too. */
    @Override
    public void close() {}

    /** Frees the memory, once no thread reads it any more. */
    void free() {
        outputs.close();
        starts.close();
        keyless.close();
    }
}
