package io.decant.ingest.demo;

import io.decant.bucketer.Lines;
import io.decant.ingest.batch.RecordPreview;
import java.util.Locale;

/** A part of a bucket as a person reads it: where it belongs, and its first records. */
final class PartText {

    private static final int RECORDS_SHOWN = 5;
    private static final int RECORD_BYTES_SHOWN = 100;

    private PartText() {}

    static String of(ReceivedPart part, long address, int length) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "batch %d, bucket %d of %d: %,d %s",
                part.batch(),
                part.bucket(),
                part.buckets(),
                part.records(),
                part.records() == 1 ? "record" : "records"));
        long end = address + length;
        long at = address;
        for (int shown = 0; at < end; shown++) {
            if (shown == RECORDS_SHOWN) {
                text.append("\n    ...");
                break;
            }
            long newline = Lines.nextNewline(at, end);
            long recordEnd = newline == Lines.NONE ? end : newline;
            text.append("\n    ").append(RecordPreview.of(at, (int) (recordEnd - at), RECORD_BYTES_SHOWN));
            at = recordEnd + 1;
        }
        return text.toString();
    }
}
