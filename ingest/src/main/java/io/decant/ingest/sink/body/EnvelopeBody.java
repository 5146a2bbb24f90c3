package io.decant.ingest.sink.body;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.RecordOrigin;
import java.nio.charset.StandardCharsets;

/**
 * For each record a JSON object and a newline, with the record and where it came from:
 *
 * <pre>{"key":null,"value":"...","source":"logs","stream":"...","position":123,"time":"2026-11-21T00:00:00.123Z"}</pre>
 *
 * <p>Where the record is not UTF-8, {@code value-base64} stands in place of {@code value}.
 */
final class EnvelopeBody extends EncodedBody {

    private static final byte[] VALUE = ascii("{\"key\":null,\"value\":\"");
    private static final byte[] VALUE_BASE64 = ascii("{\"key\":null,\"value-base64\":\"");
    private static final byte[] SOURCE = ascii("\",\"source\":\"");
    private static final byte[] STREAM = ascii("\",\"stream\":\"");
    private static final byte[] POSITION = ascii("\",\"position\":");
    private static final byte[] TIME = ascii(",\"time\":\"");
    private static final byte[] END = ascii("\"}\n");
    private static final int FIXED_BYTES = SOURCE.length + STREAM.length + POSITION.length + TIME.length + END.length;

    private final Buckets buckets;
    private final RecordOrigin origin;
    private final TimeText time = new TimeText();
    /** What the origin takes, but for the position; the same for all records of a block. */
    private long originBytes;

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
    public Uncarried uncarried(int bucket, long ordinal) {
        return null;
    }

    @Override
    long encodedBytes(int bucket, long ordinal) {
        turnTo(bucket, ordinal);
        return originBytes + DecimalText.bytes(origin.position()) + valueBytes(bucket, ordinal);
    }

    private void turnTo(int bucket, long ordinal) {
        if (origin.turnTo(bucket, ordinal)) {
            originBytes = FIXED_BYTES
                    + JsonString.escapedBytes(origin.sourceAddress(), origin.sourceBytes())
                    + JsonString.escapedBytes(origin.streamAddress(), origin.streamBytes())
                    + time.bytes(origin.arrivalMillis());
        }
    }

    private long valueBytes(int bucket, long ordinal) {
        int length = buckets.length(bucket, ordinal);
        long escaped = JsonString.escapedBytes(buckets.address(bucket, ordinal), length);
        return escaped == JsonString.NOT_UTF8
                ? VALUE_BASE64.length + Base64Text.encodedBytes(length)
                : VALUE.length + escaped;
    }

    @Override
    public long write(int bucket, long first, long end, long address) {
        long put = address;
        for (long ordinal = first; ordinal < end; ordinal++) {
            put = writeValue(bucket, ordinal, put);
            put = writeOrigin(bucket, ordinal, put);
        }
        return put - address;
    }

    private long writeValue(int bucket, long ordinal, long to) {
        long address = buckets.address(bucket, ordinal);
        int length = buckets.length(bucket, ordinal);
        return JsonString.escapedBytes(address, length) == JsonString.NOT_UTF8
                ? Base64Text.encode(address, length, put(VALUE_BASE64, to))
                : JsonString.escape(address, length, put(VALUE, to));
    }

    private long writeOrigin(int bucket, long ordinal, long to) {
        turnTo(bucket, ordinal);
        long at = JsonString.escape(origin.sourceAddress(), origin.sourceBytes(), put(SOURCE, to));
        at = JsonString.escape(origin.streamAddress(), origin.streamBytes(), put(STREAM, at));
        at = DecimalText.put(origin.position(), put(POSITION, at));
        at = time.put(origin.arrivalMillis(), put(TIME, at));
        return put(END, at);
    }

    private static long put(byte[] text, long to) {
        Memory.copyFromArray(text, 0, text.length, to);
        return to + text.length;
    }
}
