package io.decant.ingest.sink.body;

import io.decant.bucketer.Buckets;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.sink.body.PartBody.Extent;
import io.decant.ingest.sink.body.PartBody.Unencodable;

/** Each record and a newline, of a batch of lines: no record holds a newline, so every one can be carried. */
final class LinesBody extends PartBody {

    static final String CONTENT_TYPE = "text/plain";

    private final Buckets buckets;
    private final String contentType;

    LinesBody(OpenBatch batch, String contentType) {
        super(batch);
        this.buckets = batch.buckets();
        this.contentType = contentType;
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public Extent extent(int bucket, long first, long limit, long maxRecords, long maxBytes) {
        long end = buckets.partEnd(bucket, first, Math.min(maxRecords, limit - first), maxBytes);
        return extent(bucket, first, end);
    }

    @Override
    public Extent extent(int bucket, long first, long end) {
        return new Extent(end, end - first, buckets.linesLength(bucket, first, end));
    }

    @Override
    long writeRecords(int bucket, long first, long end, boolean all, long address) {
        return buckets.copyLines(bucket, first, end, address);
    }

    @Override
    public long carriedBefore(int bucket, long first) {
        return first;
    }

    @Override
    public Unencodable uncarried(int bucket, long ordinal) {
        return null;
    }
}
