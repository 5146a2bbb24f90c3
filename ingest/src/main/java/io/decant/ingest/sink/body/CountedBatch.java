package io.decant.ingest.sink.body;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.HotKey;
import io.decant.bucketer.KeyCounts;
import io.decant.bucketer.Memory;
import io.decant.bucketer.RecordKey;
import io.decant.bucketer.Scratch;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code format: counts} makes of a batch: one of a single bucket whose records are lines, one for each key, in
 * order of first arrival.
 *
 * <pre>{"key":"apple","count":3}</pre>
 *
 * <p>{@code key-base64} where a key is not UTF-8; the key of a record without a key and without a value is null. All
 * that is done with a bucket's records is done with these lines: parts, idempotency keys, marks, dead letters.
 *
 * <p>Counting is done a slice at a time, {@link #count}, before any line is asked for. For one thread. Does not close
 * the batch that it is of, which must stay open.
 */
public final class CountedBatch implements AutoCloseable {

    private final OpenBatch batch;
    private final KeyCounts counts;
    private final CountLines lines;

    /** @param batch to be counted */
    public CountedBatch(OpenBatch batch) {
        this.batch = batch;
        this.counts = new KeyCounts(batch.buckets(), batch.keying());
        this.lines = new CountLines(counts);
    }

    /** Whether what the sink gets of its batches is counts. */
    public static boolean isOf(SinkShape shape) {
        return shape.format().equals(SinkShape.COUNTS);
    }

    /** Looks at about so many records more; whether all is counted. */
    public boolean count(long recordsMax) {
        return counts.count(recordsMax);
    }

    /** The batch of lines, once all is counted; it is freed when this is closed. */
    public OpenBatch lines() {
        return new OpenBatch(
                batch.journalId(),
                batch.cut(),
                lines,
                () -> {
                    throw new IllegalStateException("a count comes from many records");
                },
                Map.of(),
                batch.replay(),
                () -> {});
    }

    /** Frees what this holds. Again: nothing. */
    @Override
    public void close() {
        lines.close();
        counts.close();
    }

    /** The lines, each made again when it is requested. */
    private static final class CountLines implements Buckets {

        private static final BytesMember KEY = new BytesMember("{", "key");
        private static final byte[] JSON_KEY = BytesMember.ascii("{\"key\":");
        private static final byte[] COUNT = BytesMember.ascii(",\"count\":");
        private static final byte[] END = BytesMember.ascii("}");
        private static final int NEWLINE_BYTES = 1;
        private static final long NONE = -1;

        private final KeyCounts counts;
        private final Scratch line = new Scratch();
        private long address;
        private int length;
        /** Which line lies there. */
        private long at = NONE;

        CountLines(KeyCounts counts) {
            this.counts = counts;
        }

        @Override
        public long records() {
            return counts.keys();
        }

        @Override
        public int buckets() {
            return counts.keys() == 0 ? 0 : 1;
        }

        @Override
        public long records(int bucket) {
            Objects.checkIndex(bucket, buckets());
            return counts.keys();
        }

        @Override
        public long address(int bucket, long ordinal) {
            turnTo(bucket, ordinal);
            return address;
        }

        @Override
        public int length(int bucket, long ordinal) {
            turnTo(bucket, ordinal);
            return length;
        }

        private void turnTo(int bucket, long ordinal) {
            Objects.checkIndex(ordinal, records(bucket));
            if (ordinal == at) {
                return;
            }
            at = NONE;
            RecordKey key = counts.keyOf(ordinal);
            long count = counts.countOf(ordinal);
            boolean isJson = key.isJson() && isUtf8(key);
            long keyBytes = isJson
                    ? JSON_KEY.length + (long) key.length()
                    : key.isAbsent() ? KEY.nullBytes() : KEY.bytes(key.address(), key.length());
            long needed = keyBytes + COUNT.length + EnvelopeBody.DecimalText.bytes(count) + END.length;
            length = Math.toIntExact(needed);
            address = line.ofAtLeast(needed);
            long to = isJson
                    ? putJson(key, address)
                    : key.isAbsent() ? KEY.putNull(address) : KEY.put(key.address(), key.length(), address);
            to = EnvelopeBody.DecimalText.put(count, BytesMember.put(COUNT, to));
            BytesMember.put(END, to);
            at = ordinal;
        }

        private static boolean isUtf8(RecordKey key) {
            return JsonString.escapedBytes(key.address(), key.length()) != JsonString.NOT_UTF8;
        }

        private static long putJson(RecordKey key, long to) {
            long at = BytesMember.put(JSON_KEY, to);
            Memory.copy(key.address(), at, key.length());
            return at + key.length();
        }

        @Override
        public long frame(int bucket, long ordinal) {
            Objects.checkIndex(ordinal, records(bucket));
            return 0;
        }

        @Override
        public boolean hasFrames() {
            return false;
        }

        @Override
        public long keyless() {
            return 0;
        }

        @Override
        public long keylessAddress(long ordinal) {
            return Objects.checkIndex(ordinal, 0);
        }

        @Override
        public int keylessLength(long ordinal) {
            return (int) Objects.checkIndex(ordinal, 0);
        }

        @Override
        public long keylessFrame(long ordinal) {
            return Objects.checkIndex(ordinal, 0);
        }

        @Override
        public long partEnd(int bucket, long first, long maxRecords, long maxBytes) {
            return Buckets.partEnd(first, records(bucket), maxRecords, maxBytes, ordinal -> lineBytes(bucket, ordinal));
        }

        @Override
        public long linesLength(int bucket, long first, long end) {
            Objects.checkFromToIndex(first, end, records(bucket));
            long bytes = 0;
            for (long ordinal = first; ordinal < end; ordinal++) {
                bytes += lineBytes(bucket, ordinal);
            }
            return bytes;
        }

        @Override
        public long copyLines(int bucket, long first, long end, long destination) {
            Objects.checkFromToIndex(first, end, records(bucket));
            long to = destination;
            for (long ordinal = first; ordinal < end; ordinal++) {
                turnTo(bucket, ordinal);
                Memory.copy(address, to, length);
                Memory.putByte(to + length, (byte) '\n');
                to += length + (long) NEWLINE_BYTES;
            }
            return to - destination;
        }

        private long lineBytes(int bucket, long ordinal) {
            return length(bucket, ordinal) + (long) NEWLINE_BYTES;
        }

        @Override
        public Optional<HotKey> hottest() {
            return Optional.empty();
        }

        @Override
        public void close() {
            line.close();
            at = NONE;
        }
    }
}
