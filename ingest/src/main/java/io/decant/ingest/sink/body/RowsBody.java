package io.decant.ingest.sink.body;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Frame;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;

/**
 * The records that are JSON objects, each behind its length, for a sink that takes them apart itself. Where tombstones
 * are carried, one of them is its key behind the complement of the key's length, which is a negative number.
 *
 * <p>Lengths are little-endian, of 4 bytes.
 */
final class RowsBody extends EncodedBody {

    private static final int LENGTH_BYTES = Integer.BYTES;

    private final Buckets buckets;
    private final boolean carriesTombstones;
    private final JsonText json = new JsonText();
    private long text;
    private long textEnd;

    /** @param carriesTombstones whether a record without a value is carried, if it has a key */
    RowsBody(OpenBatch batch, boolean carriesTombstones) {
        super(batch, 0);
        this.buckets = batch.buckets();
        this.carriesTombstones = carriesTombstones;
    }

    @Override
    public String contentType() {
        return "application/octet-stream";
    }

    @Override
    long encodedBytes(int bucket, long ordinal) {
        long frame = buckets.frame(bucket, ordinal);
        if (isTombstone(frame)) {
            return isCarriedTombstone(frame) ? LENGTH_BYTES + (long) Frame.keyLength(frame) : UNENCODABLE;
        }
        return read(bucket, ordinal) ? LENGTH_BYTES + textEnd - text : UNENCODABLE;
    }

    private static boolean isTombstone(long frame) {
        return frame != 0 && Frame.isTombstone(frame);
    }

    private boolean isCarriedTombstone(long frame) {
        return carriesTombstones && Frame.hasKey(frame);
    }

    @Override
    long writeRecords(int bucket, long first, long end, boolean all, long address) {
        long put = address;
        for (long ordinal = first; ordinal < end; ordinal++) {
            long frame = buckets.frame(bucket, ordinal);
            if (isTombstone(frame)) {
                put = isCarriedTombstone(frame) ? writeKey(frame, put) : put;
            } else if (all ? trim(bucket, ordinal) : read(bucket, ordinal)) {
                int length = (int) (textEnd - text);
                Memory.putIntLittleEndian(put, length);
                Memory.copy(text, put + LENGTH_BYTES, length);
                put += LENGTH_BYTES + length;
            }
        }
        return put - address;
    }

    private static long writeKey(long frame, long to) {
        int length = Frame.keyLength(frame);
        Memory.putIntLittleEndian(to, ~length);
        Memory.copy(Frame.keyAddress(frame), to + LENGTH_BYTES, length);
        return to + LENGTH_BYTES + length;
    }

    @Override
    public Unencodable uncarried(int bucket, long ordinal) {
        long frame = buckets.frame(bucket, ordinal);
        if (isTombstone(frame)) {
            return isCarriedTombstone(frame) ? null : Unencodable.TOMBSTONE;
        }
        return read(bucket, ordinal) ? null : Unencodable.NOT_JSON;
    }

    /** Finds a record's text, without white space around it; whether it can be a JSON object. */
    private boolean trim(int bucket, long ordinal) {
        long address = buckets.address(bucket, ordinal);
        long end = address + buckets.length(bucket, ordinal);
        text = JsonText.skipSpace(address, end);
        textEnd = JsonText.trimEnd(text, end);
        return text < textEnd && Memory.getByte(text) == '{';
    }

    /** The same; whether it is one. */
    private boolean read(int bucket, long ordinal) {
        return trim(bucket, ordinal) && (buckets.isJson(bucket, ordinal) || json.matches(text, textEnd));
    }
}
