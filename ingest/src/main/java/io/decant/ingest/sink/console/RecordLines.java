package io.decant.ingest.sink.console;

import io.decant.ingest.batch.OpenBatch;

/** Each record on a line, bucket after bucket. */
final class RecordLines extends ConsoleText {

    /** Of a longer record so much is printed, and three dots. */
    static final int RECORD_BYTES_MAX = 64 << 10;

    private int bucket;
    private long ordinal;

    RecordLines(OpenBatch batch, long limit) {
        super(batch, limit);
    }

    @Override
    boolean next(StringBuilder to) {
        while (bucket < buckets().buckets() && to.length() < PIECE_CHARS) {
            if (ordinal < shown(bucket)) {
                to.append(preview(bucket, ordinal, RECORD_BYTES_MAX)).append('\n');
                ordinal++;
            } else {
                bucket++;
                ordinal = 0;
            }
        }
        return to.length() > 0;
    }
}
