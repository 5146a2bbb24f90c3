package io.decant.ingest.sink.body;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Frame;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.RecordOrigin;
import java.nio.charset.StandardCharsets;

/**
 * For each record a JSON object and a newline, with the record and where it came from:
 *
 * <pre>{"key":null,"value":"...","source":"logs","stream":"...","position":123,"time":"2026-11-21T00:00:00.123Z"}</pre>
 *
 * <p>Where the record is not UTF-8, {@code value-base64} stands in place of {@code value}; the same for {@code key}. Of
 * a record with an offset and a timestamp of its own, these are the position and the time, and {@code headers} come
 * last where it has any. The value of a tombstone is null.
 */
final class EnvelopeBody extends EncodedBody {

    private static final BytesMember KEY = new BytesMember("{", "key");
    private static final BytesMember VALUE = new BytesMember(",", "value");
    private static final byte[] SOURCE = ascii(",\"source\":\"");
    private static final byte[] STREAM = ascii("\",\"stream\":\"");
    private static final byte[] POSITION = ascii("\",\"position\":");
    private static final byte[] TIME = ascii(",\"time\":\"");
    private static final byte[] TIME_END = ascii("\"");
    private static final byte[] END = ascii("}\n");
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
        super(0);
        this.buckets = batch.buckets();
        this.origin = batch.newOrigin();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String contentType() {
        return "application/x-ndjson";
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
                + time.bytes(millis(frame))
                + headers.bytes(frame);
    }

    /** The record's own time; where it has none, that of its arrival. */
    private long millis(long frame) {
        long millis = Frame.timestampMillis(frame);
        return millis < 0 ? origin.arrivalMillis() : millis;
    }

    @Override
    public long write(int bucket, long first, long end, long address) {
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
        return put(END, at);
    }

    private long writeFrame(long frame, long to) {
        long at = Frame.hasKey(frame) ? KEY.put(Frame.keyAddress(frame), Frame.keyLength(frame), to) : KEY.putNull(to);
        at = Frame.isTombstone(frame)
                ? VALUE.putNull(at)
                : VALUE.put(Frame.valueAddress(frame), Frame.valueLength(frame), at);
        at = writeOrigin(Frame.offset(frame), millis(frame), at);
        return put(END, headers.put(frame, at));
    }

    private long writeOrigin(long position, long millis, long to) {
        long at = JsonString.escape(origin.sourceAddress(), origin.sourceBytes(), put(SOURCE, to));
        at = JsonString.escape(origin.streamAddress(), origin.streamBytes(), put(STREAM, at));
        at = DecimalText.put(position, put(POSITION, at));
        at = time.put(millis, put(TIME, at));
        return put(TIME_END, at);
    }

    private static long put(byte[] text, long to) {
        Memory.copyFromArray(text, 0, text.length, to);
        return to + text.length;
    }
}
