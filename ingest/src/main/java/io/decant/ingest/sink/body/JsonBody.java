package io.decant.ingest.sink.body;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.sink.body.PartBody.Extent;
import io.decant.ingest.sink.body.PartBody.Unencodable;

/**
 * A JSON array of the records that are JSON, each byte for byte but for white space around it. What was found to be
 * JSON while its key was looked for is not read again but to be copied.
 */
final class JsonBody extends EncodedBody {

    private static final int BRACKET_BYTES = 1;
    /** A comma, or the closing bracket. */
    private static final int AFTER_BYTES = 1;

    private final Buckets buckets;
    private final JsonText json = new JsonText();
    private long text;
    private long textEnd;

    JsonBody(OpenBatch batch) {
        super(batch, BRACKET_BYTES);
        this.buckets = batch.buckets();
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    long encodedBytes(int bucket, long ordinal) {
        if (buckets.isJson(bucket, ordinal)) {
            return buckets.length(bucket, ordinal) + (long) AFTER_BYTES;
        }
        return read(bucket, ordinal) ? textEnd - text + AFTER_BYTES : UNENCODABLE;
    }

    @Override
    public long write(int bucket, long first, Extent extent, long address) {
        long bytes = super.write(bucket, first, extent, address + BRACKET_BYTES);
        if (bytes == 0) {
            return 0;
        }
        Memory.putByte(address, (byte) '[');
        // In place of the last comma.
        Memory.putByte(address + BRACKET_BYTES + bytes - AFTER_BYTES, (byte) ']');
        return BRACKET_BYTES + bytes;
    }

    @Override
    long writeRecords(int bucket, long first, long end, boolean all, long address) {
        long put = address;
        for (long ordinal = first; ordinal < end; ordinal++) {
            if (buckets.isJson(bucket, ordinal)) {
                text = buckets.address(bucket, ordinal);
                textEnd = text + buckets.length(bucket, ordinal);
            } else if (all) {
                trim(bucket, ordinal);
            } else if (!read(bucket, ordinal)) {
                continue;
            }
            Memory.copy(text, put, textEnd - text);
            put += textEnd - text;
            Memory.putByte(put, (byte) ',');
            put += AFTER_BYTES;
        }
        return put - address;
    }

    @Override
    public Unencodable uncarried(int bucket, long ordinal) {
        return buckets.isJson(bucket, ordinal) || read(bucket, ordinal) ? null : Unencodable.NOT_JSON;
    }

    /** Finds a record's text, without white space around it. */
    private void trim(int bucket, long ordinal) {
        long address = buckets.address(bucket, ordinal);
        long end = address + buckets.length(bucket, ordinal);
        text = JsonText.skipSpace(address, end);
        textEnd = JsonText.trimEnd(text, end);
    }

    /** The same; whether it is JSON. */
    private boolean read(int bucket, long ordinal) {
        trim(bucket, ordinal);
        return json.matches(text, textEnd);
    }
}
