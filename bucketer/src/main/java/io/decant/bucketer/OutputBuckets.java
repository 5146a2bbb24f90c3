package io.decant.bucketer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The buckets of a batch whose records went through transforms, for one thread. Where what they became found no room in
 * memory it is made again for each look, so an address is good until another record is asked for.
 */
final class OutputBuckets implements ArrivalBuckets {

    private static final int NEWLINE_BYTES = 1;

    private final TransformedBatch batch;
    private final OutputLayout layout;
    private final OutputReader reader;
    /** What was copied to be shown; null: nothing yet. */
    private List<HotKey> hottest;

    private boolean closed;

    /** Takes the layout over. */
    OutputBuckets(TransformedBatch batch, OutputLayout layout) {
        this.batch = batch;
        this.layout = layout;
        this.reader = new OutputReader(batch.keying().transforms());
    }

    @Override
    public long records() {
        requireOpen();
        return layout.records();
    }

    @Override
    public int buckets() {
        requireOpen();
        return layout.buckets();
    }

    @Override
    public long records(int bucket) {
        requireOpen();
        Objects.checkIndex(bucket, layout.buckets());
        return layout.records(bucket);
    }

    @Override
    public long address(int bucket, long ordinal) {
        turnTo(bucket, ordinal);
        return reader.address();
    }

    @Override
    public int length(int bucket, long ordinal) {
        turnTo(bucket, ordinal);
        return reader.length();
    }

    @Override
    public boolean isJson(int bucket, long ordinal) {
        long place = place(bucket, ordinal);
        LongArray records = layout.outputs().records();
        return records != null && RecordRef.isJson(records.get(place));
    }

    @Override
    public long frame(int bucket, long ordinal) {
        turnTo(bucket, ordinal);
        return reader.frame();
    }

    @Override
    public long arrival(int bucket, long ordinal) {
        long place = place(bucket, ordinal);
        return layout.outputs().arrival(place);
    }

    @Override
    public int index(int bucket, long ordinal) {
        long place = place(bucket, ordinal);
        int tag = layout.outputs().tag(place);
        return OutputTag.isOneOfSeveral(tag) ? OutputTag.index(tag) : ONLY;
    }

    private void turnTo(int bucket, long ordinal) {
        long place = place(bucket, ordinal);
        OutputTable outputs = layout.outputs();
        reader.turnTo(outputs.ref(place), outputs.tag(place));
    }

    private long place(int bucket, long ordinal) {
        Objects.checkIndex(ordinal, records(bucket));
        return layout.place(bucket, ordinal);
    }

    @Override
    public boolean hasTransforms() {
        return true;
    }

    @Override
    public boolean hasFrames() {
        requireOpen();
        return batch.hasFrames();
    }

    @Override
    public long keyless() {
        requireOpen();
        return layout.keyless();
    }

    @Override
    public long keylessAddress(long ordinal) {
        turnToKeyless(ordinal);
        return reader.address();
    }

    @Override
    public int keylessLength(long ordinal) {
        turnToKeyless(ordinal);
        return reader.length();
    }

    @Override
    public long keylessFrame(long ordinal) {
        turnToKeyless(ordinal);
        return reader.frame();
    }

    @Override
    public long keylessArrival(long ordinal) {
        long place = keylessPlace(ordinal);
        return layout.keylessOutputs().arrival(place);
    }

    private void turnToKeyless(long ordinal) {
        long place = keylessPlace(ordinal);
        OutputTable outputs = layout.keylessOutputs();
        reader.turnTo(outputs.ref(place), outputs.tag(place));
    }

    private long keylessPlace(long ordinal) {
        return layout.keylessPlace(Objects.checkIndex(ordinal, keyless()));
    }

    @Override
    public long failed() {
        requireOpen();
        return batch.failedRecords().count();
    }

    @Override
    public long failedAddress(long ordinal) {
        return RecordRef.valueAddress(failedRef(ordinal));
    }

    @Override
    public int failedLength(long ordinal) {
        return RecordRef.length(failedRef(ordinal));
    }

    @Override
    public long failedFrame(long ordinal) {
        long ref = failedRef(ordinal);
        return RecordRef.isFrame(ref) ? RecordRef.address(ref) : 0;
    }

    @Override
    public long failedArrival(long ordinal) {
        return batch.failedRecords().arrival(Objects.checkIndex(ordinal, failed()));
    }

    @Override
    public TransformFailure failure(long ordinal) {
        return TransformFailure.of(batch.failedRecords().failure(Objects.checkIndex(ordinal, failed())));
    }

    private long failedRef(long ordinal) {
        return batch.failedRecords().ref(Objects.checkIndex(ordinal, failed()));
    }

    @Override
    public long partEnd(int bucket, long first, long maxRecords, long maxBytes) {
        long records = records(bucket);
        OutputTable outputs = inPlace(bucket, first);
        if (outputs == null) {
            return Buckets.partEnd(first, records, maxRecords, maxBytes, ordinal -> lineLength(bucket, ordinal));
        }
        long place = layout.place(bucket, first) - first;
        return Buckets.partEnd(
                first, records, maxRecords, maxBytes, ordinal -> LineCopy.length(outputs.ref(place + ordinal)));
    }

    /** What holds all records of a bucket from one on, none of which has to be made again; null: there is no such. */
    private OutputTable inPlace(int bucket, long first) {
        Objects.checkIndex(first, records(bucket));
        layout.place(bucket, first);
        boolean all = layout.following(bucket, first) == records(bucket) - first;
        return all && !layout.outputs().hasRebuilt() ? layout.outputs() : null;
    }

    @Override
    public long linesLength(int bucket, long first, long end) {
        Objects.checkFromToIndex(first, end, records(bucket));
        long bytes = 0;
        for (long ordinal = first; ordinal < end; ordinal++) {
            bytes += lineLength(bucket, ordinal);
        }
        return bytes;
    }

    @Override
    public long copyLines(int bucket, long first, long end, long destination) {
        Objects.checkFromToIndex(first, end, records(bucket));
        if (hasFrames()) {
            throw new IllegalStateException("these records are not all lines");
        }
        long to = destination;
        long ordinal = first;
        while (ordinal < end) {
            long place = place(bucket, ordinal);
            OutputTable outputs = layout.outputs();
            long following = Math.min(end - ordinal, layout.following(bucket, ordinal));
            to += copyLines(outputs, place, place + following, to);
            ordinal += following;
        }
        return to - destination;
    }

    private long copyLines(OutputTable outputs, long from, long end, long destination) {
        if (outputs.records() != null) {
            return LineCopy.copy(outputs.records(), from, end, destination);
        }
        return outputs.hasRebuilt()
                ? copyMade(outputs, from, end, destination)
                : copyInPlace(outputs, from, end, destination);
    }

    private long copyMade(OutputTable outputs, long from, long end, long destination) {
        long to = destination;
        for (long place = from; place < end; place++) {
            reader.turnTo(outputs.ref(place), outputs.tag(place));
            to = copyLine(reader.address(), reader.length(), to);
        }
        return to - destination;
    }

    private static long copyInPlace(OutputTable outputs, long from, long end, long destination) {
        long to = destination;
        for (long place = from; place < end; place++) {
            long ref = outputs.ref(place);
            to = copyLine(RecordRef.address(ref), RecordRef.length(ref), to);
        }
        return to - destination;
    }

    private static long copyLine(long address, int length, long to) {
        Memory.copyShort(address, to, length);
        Memory.putByte(to + length, (byte) '\n');
        return to + length + NEWLINE_BYTES;
    }

    private long lineLength(int bucket, long ordinal) {
        return length(bucket, ordinal) + (long) NEWLINE_BYTES;
    }

    /** Copied once: what is made again does not stay. */
    @Override
    public Optional<HotKey> hottest() {
        requireOpen();
        if (layout.buckets() == 0) {
            return Optional.empty();
        }
        return HotKey.mostFrequent(hottestKeys(), HotKey::count);
    }

    @Override
    public List<HotKey> hottestByName() {
        requireOpen();
        return layout.hottest().isEmpty() ? List.of() : hottestKeys();
    }

    private List<HotKey> hottestKeys() {
        if (hottest == null) {
            List<HotKey> copied = new ArrayList<>();
            try {
                copyHottest(copied);
            } catch (Throwable e) {
                free(copied);
                throw e;
            }
            hottest = copied;
        }
        return hottest;
    }

    /** Adds each as soon as it is copied: to make a record again may fail. */
    private void copyHottest(List<HotKey> copied) {
        for (HotPlace place : layout.hottest()) {
            reader.turnTo(place.ref(), place.tag());
            copied.add(copy(place.name(), reader.address(), reader.length(), place.count()));
        }
        if (copied.isEmpty()) {
            turnTo(layout.buckets() - 1, 0);
            long frame = reader.frame();
            boolean besideValue =
                    frame != 0 && Frame.hasKey(frame) && batch.keying().key().equals(KeySpec.KAFKA_KEY);
            copied.add(
                    besideValue
                            ? copy("", Frame.keyAddress(frame), Frame.keyLength(frame), layout.buckets())
                            : copy("", reader.address(), reader.length(), layout.buckets()));
        }
    }

    private static HotKey copy(String name, long from, int bytes, long count) {
        long copy = Memory.allocate(Math.max(1, bytes));
        Memory.copy(from, copy, bytes);
        return new HotKey(name, copy, bytes, count);
    }

    private static void free(List<HotKey> copied) {
        copied.forEach(key -> Memory.free(key.address(), Math.max(1, key.length())));
    }

    private void requireOpen() {
        if (closed || batch.isClosed()) {
            throw new IllegalStateException("these buckets are closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            reader.close();
            layout.close();
            if (hottest != null) {
                free(hottest);
            }
        }
    }
}
