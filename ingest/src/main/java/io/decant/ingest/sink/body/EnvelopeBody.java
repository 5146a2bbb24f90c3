package io.decant.ingest.sink.body;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Frame;
import io.decant.bucketer.FrameHeaders;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.RecordOrigin;
import io.decant.ingest.sink.body.PartBody.Unencodable;

/**
 * For each record a JSON object and a newline, with the record and where it came from:
 *
 * <pre>{"key":null,"value":"...","source":"logs","stream":"...","position":123,"time":"2026-11-21T00:00:00.123Z"}</pre>
 *
 * <p>Of records that transforms made several of one of, {@code index} behind the position says which it is, from 0.
 *
 * <p>Where the record is not UTF-8, {@code value-base64} stands in place of {@code value}; the same for {@code key}. Of
 * a record with an offset and a timestamp of its own, these are the position and the time, and {@code headers} come
 * last where it has any. The value of a tombstone is null.
 */
final class EnvelopeBody extends EncodedBody {

    private static final BytesMember KEY = new BytesMember("{", "key");
    private static final BytesMember VALUE = new BytesMember(",", "value");
    private static final byte[] SOURCE = BytesMember.ascii(",\"source\":\"");
    private static final byte[] STREAM = BytesMember.ascii("\",\"stream\":\"");
    private static final byte[] POSITION = BytesMember.ascii("\",\"position\":");
    private static final byte[] INDEX = BytesMember.ascii(",\"index\":");
    private static final byte[] TIME = BytesMember.ascii(",\"time\":\"");
    private static final byte[] TIME_END = BytesMember.ascii("\"");
    private static final byte[] END = BytesMember.ascii("}\n");
    private static final int FIXED_BYTES =
            SOURCE.length + STREAM.length + POSITION.length + TIME.length + TIME_END.length + END.length;

    private final Buckets buckets;
    private final RecordOrigin origin;
    private final TimeText time = new TimeText();
    private final HeadersMember headers = new HeadersMember();
    /** What the origin takes, but for position and time; the same for all records of a block. */
    private long originBytes;
    /** What the block's time takes. */
    private int arrivalBytes;

    EnvelopeBody(OpenBatch batch) {
        super(batch, 0);
        this.buckets = batch.buckets();
        this.origin = batch.newOrigin();
    }

    @Override
    public String contentType() {
        return JSON_LINES_TYPE;
    }

    @Override
    public long carriedBefore(int bucket, long first) {
        return first;
    }

    @Override
    public Unencodable uncarried(int bucket, long ordinal) {
        return null;
    }

    @Override
    long encodedBytes(int bucket, long ordinal) {
        turnTo(bucket, ordinal);
        long frame = buckets.frame(bucket, ordinal);
        return frame == 0 ? lineBytes(bucket, ordinal) : frameBytes(frame);
    }

    private void turnTo(int bucket, long ordinal) {
        if (origin.turnTo(bucket, ordinal)) {
            originBytes = FIXED_BYTES
                    + JsonString.escapedBytes(origin.sourceAddress(), origin.sourceBytes())
                    + JsonString.escapedBytes(origin.streamAddress(), origin.streamBytes());
            arrivalBytes = time.bytes(origin.arrivalMillis());
        }
    }

    private long lineBytes(int bucket, long ordinal) {
        return KEY.nullBytes()
                + VALUE.bytes(buckets.address(bucket, ordinal), buckets.length(bucket, ordinal))
                + originBytes
                + DecimalText.bytes(origin.position())
                + indexBytes()
                + arrivalBytes;
    }

    private long frameBytes(long frame) {
        long key = Frame.hasKey(frame) ? KEY.bytes(Frame.keyAddress(frame), Frame.keyLength(frame)) : KEY.nullBytes();
        long value = Frame.isTombstone(frame)
                ? VALUE.nullBytes()
                : VALUE.bytes(Frame.valueAddress(frame), Frame.valueLength(frame));
        return key
                + value
                + originBytes
                + DecimalText.bytes(Frame.offset(frame))
                + indexBytes()
                + time.bytes(millis(frame))
                + headers.bytes(frame);
    }

    private long indexBytes() {
        return origin.index() < 0 ? 0 : INDEX.length + DecimalText.bytes(origin.index());
    }

    /** The record's own time; where it has none, that of its arrival. */
    private long millis(long frame) {
        long millis = Frame.timestampMillis(frame);
        return millis < 0 ? origin.arrivalMillis() : millis;
    }

    @Override
    long writeRecords(int bucket, long first, long end, boolean all, long address) {
        long put = address;
        for (long ordinal = first; ordinal < end; ordinal++) {
            turnTo(bucket, ordinal);
            long frame = buckets.frame(bucket, ordinal);
            put = frame == 0 ? writeLine(bucket, ordinal, put) : writeFrame(frame, put);
        }
        return put - address;
    }

    private long writeLine(int bucket, long ordinal, long to) {
        long at = VALUE.put(buckets.address(bucket, ordinal), buckets.length(bucket, ordinal), KEY.putNull(to));
        at = writeOrigin(origin.position(), origin.arrivalMillis(), at);
        return BytesMember.put(END, at);
    }

    private long writeFrame(long frame, long to) {
        long at = Frame.hasKey(frame) ? KEY.put(Frame.keyAddress(frame), Frame.keyLength(frame), to) : KEY.putNull(to);
        at = Frame.isTombstone(frame)
                ? VALUE.putNull(at)
                : VALUE.put(Frame.valueAddress(frame), Frame.valueLength(frame), at);
        at = writeOrigin(Frame.offset(frame), millis(frame), at);
        return BytesMember.put(END, headers.put(frame, at));
    }

    private long writeOrigin(long position, long millis, long to) {
        long at = JsonString.escape(origin.sourceAddress(), origin.sourceBytes(), BytesMember.put(SOURCE, to));
        at = JsonString.escape(origin.streamAddress(), origin.streamBytes(), BytesMember.put(STREAM, at));
        at = DecimalText.put(position, BytesMember.put(POSITION, at));
        if (origin.index() >= 0) {
            at = DecimalText.put(origin.index(), BytesMember.put(INDEX, at));
        }
        at = time.put(millis, BytesMember.put(TIME, at));
        return BytesMember.put(TIME_END, at);
    }

    /** Numbers from 0 in decimal digits, in memory. Stateless. */
    static final class DecimalText {

        private DecimalText() {}

        /** How many bytes {@link #put} writes. */
        static int bytes(long number) {
            int bytes = 1;
            for (long rest = number; rest >= 10; rest /= 10) {
                bytes++;
            }
            return bytes;
        }

        /** Writes a number; returns the address behind it. */
        static long put(long number, long to) {
            long end = to + bytes(number);
            long rest = number;
            for (long at = end - 1; at >= to; at--) {
                Memory.putByte(at, (byte) ('0' + rest % 10));
                rest /= 10;
            }
            return end;
        }
    }

    /**
     * The headers of a frame as a member of a JSON object, in their order: {@code
     * ,"headers":[{"name":"...","value":"..."}]}; nothing where it has none. Owned by one thread.
     */
    private static final class HeadersMember {

        private static final byte[] BEGIN = BytesMember.ascii(",\"headers\":[");
        private static final byte[] NAME = BytesMember.ascii("{\"name\":\"");
        private static final BytesMember VALUE = new BytesMember("\",", "value");
        /** A closing brace, and a comma or the closing bracket. */
        private static final int AFTER_BYTES = 2;

        private final FrameHeaders headers = new FrameHeaders();

        /** How many bytes {@link #put} writes. */
        long bytes(long frame) {
            headers.set(frame);
            long bytes = headers.left() == 0 ? 0 : BEGIN.length;
            while (headers.next()) {
                bytes += NAME.length
                        + JsonString.escapedBytes(headers.nameAddress(), headers.nameLength())
                        + valueBytes()
                        + AFTER_BYTES;
            }
            return bytes;
        }

        private long valueBytes() {
            return headers.hasValue() ? VALUE.bytes(headers.valueAddress(), headers.valueLength()) : VALUE.nullBytes();
        }

        /** Writes the member; returns the address behind it. */
        long put(long frame, long to) {
            headers.set(frame);
            if (headers.left() == 0) {
                return to;
            }
            long at = BytesMember.put(BEGIN, to);
            while (headers.next()) {
                at = JsonString.escape(headers.nameAddress(), headers.nameLength(), BytesMember.put(NAME, at));
                at = headers.hasValue()
                        ? VALUE.put(headers.valueAddress(), headers.valueLength(), at)
                        : VALUE.putNull(at);
                Memory.putByte(at, (byte) '}');
                Memory.putByte(at + 1, (byte) (headers.left() == 0 ? ']' : ','));
                at += AFTER_BYTES;
            }
            return at;
        }
    }
}
