package io.decant.ingest.sink.body;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.sink.body.PartBody.Extent;

/** A body in which every record that is carried takes a length of its own, whatever stands around it. */
abstract sealed class EncodedBody extends PartBody permits FramedLinesBody, JsonBody, EnvelopeBody, RowsBody {

    /** What {@link #encodedBytes} says of a record that cannot be carried. */
    static final long UNENCODABLE = -1;

    private final int frameBytes;

    /** @param frameBytes of a body that carries anything, beside its records */
    EncodedBody(OpenBatch batch, int frameBytes) {
        super(batch);
        this.frameBytes = frameBytes;
    }

    /** Bytes that a record takes in a body, with what separates it from its neighbours; or {@link #UNENCODABLE}. */
    abstract long encodedBytes(int bucket, long ordinal);

    @Override
    public final Extent extent(int bucket, long first, long limit, long maxRecords, long maxBytes) {
        if (limit <= first || maxRecords < 1) {
            throw new IllegalArgumentException("no part from " + first + " to " + limit + ", records " + maxRecords);
        }
        long stop = maxRecords < limit - first ? first + maxRecords : limit;
        long carried = 0;
        long bytes = 0;
        long end = first;
        for (; end < stop; end++) {
            long more = encodedBytes(bucket, end);
            if (more == UNENCODABLE) {
                continue;
            }
            if (carried == 0) {
                more += frameBytes;
            } else if (bytes + more > maxBytes) {
                break;
            }
            carried++;
            bytes += more;
        }
        return new Extent(end, carried, bytes);
    }

    @Override
    public long carriedBefore(int bucket, long first) {
        long carried = 0;
        for (long ordinal = 0; ordinal < first; ordinal++) {
            if (encodedBytes(bucket, ordinal) != UNENCODABLE) {
                carried++;
            }
        }
        return carried;
    }

    @Override
    public final Extent extent(int bucket, long first, long end) {
        return extent(bucket, first, end, Long.MAX_VALUE, Long.MAX_VALUE);
    }
}
