package io.decant.ingest.sink.console;

import io.decant.bucketer.FrequentKeys;
import io.decant.bucketer.KeyCounts;
import io.decant.bucketer.RecordKey;
import io.decant.ingest.batch.OpenBatch;
import io.decant.offload.console.RecordPreview;

/** A line with the batch's time, and one for each key with how often it occurs, the most frequent first. */
final class CountLinesText extends ConsoleText {

    /** Handled in one turn: the batch cannot be removed meanwhile. */
    private static final int TURN_RECORDS = 1 << 16;

    private static final String ABSENT = "null";
    private static final String MORE = "...\n";

    private final KeyCounts counts;
    private final long limit;
    private FrequentKeys keys;
    private long printed;
    private boolean over;

    CountLinesText(OpenBatch batch, long limit) {
        super(batch, limit);
        this.counts = new KeyCounts(batch.buckets(), batch.keying());
        this.limit = limit;
    }

    @Override
    boolean prepare() {
        return counts.count(TURN_RECORDS);
    }

    @Override
    boolean next(StringBuilder to) {
        if (keys == null) {
            keys = new FrequentKeys(counts, limit);
            to.append("Time: ").append(time()).append('\n');
        }
        while (!over && to.length() < PIECE_CHARS) {
            long key = printed == limit ? FrequentKeys.NONE : keys.next();
            over = key == FrequentKeys.NONE;
            if (!over) {
                to.append('(').append(text(counts.keyOf(key)));
                to.append(',').append(counts.countOf(key)).append(")\n");
                printed++;
            } else if (printed < counts.keys()) {
                to.append(MORE);
            }
        }
        return to.length() > 0;
    }

    private static String text(RecordKey key) {
        return key.isAbsent() ? ABSENT : RecordPreview.of(key.address(), key.length(), RecordLines.RECORD_BYTES_MAX);
    }

    @Override
    public void close() {
        counts.close();
    }
}
