package io.decant.ingest.sink.body;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Frame;
import io.decant.bucketer.Lines;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.sink.body.PartBody.Unencodable;

/**
 * Each record and a newline, of a batch that has frames: their values may be missing, or hold a newline, and then the
 * record cannot be carried. {@link LinesBody} need not look.
 */
final class FramedLinesBody extends EncodedBody {

    private static final int NEWLINE_BYTES = 1;

    private final Buckets buckets;

    FramedLinesBody(OpenBatch batch) {
        super(batch, 0);
        this.buckets = batch.buckets();
    }

    @Override
    public String contentType() {
        return LinesBody.CONTENT_TYPE;
    }

    @Override
    public Unencodable uncarried(int bucket, long ordinal) {
        if (buckets.isLine(bucket, ordinal)) {
            return null;
        }
        long frame = buckets.frame(bucket, ordinal);
        if (frame == 0) {
            return null;
        }
        if (Frame.isTombstone(frame)) {
            return Unencodable.TOMBSTONE;
        }
        long address = Frame.valueAddress(frame);
        boolean line = Lines.nextNewline(address, address + Frame.valueLength(frame)) == Lines.NONE;
        return line ? null : Unencodable.NEWLINE_IN_RECORD;
    }

    @Override
    long encodedBytes(int bucket, long ordinal) {
        return uncarried(bucket, ordinal) == null
                ? buckets.length(bucket, ordinal) + (long) NEWLINE_BYTES
                : UNENCODABLE;
    }

    @Override
    long writeRecords(int bucket, long first, long end, boolean all, long address) {
        long put = address;
        for (long ordinal = first; ordinal < end; ordinal++) {
            if (all || uncarried(bucket, ordinal) == null) {
                int length = buckets.length(bucket, ordinal);
                Memory.copy(buckets.address(bucket, ordinal), put, length);
                Memory.putByte(put + length, (byte) '\n');
                put += length + NEWLINE_BYTES;
            }
        }
        return put - address;
    }
}
