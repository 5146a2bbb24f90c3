package io.decant.ingest.sink.console;

import io.decant.bucketer.Memory;
import io.decant.bucketer.Scratch;
import io.decant.config.PrintableText;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.body.PartBody;
import io.decant.ingest.sink.body.PartBody.Extent;
import java.nio.charset.StandardCharsets;

/** A JSON object a line for each record, as an http sink sends it, bucket after bucket. */
final class EnvelopeLines extends ConsoleText {

    private final PartBody body;
    private final byte[] copy = new byte[PIECE_CHARS];
    private int bucket;
    private long ordinal;
    private final Scratch line = new Scratch();
    private long address;
    /** Bytes of the line that is being printed, and how many of them were. */
    private long bytes;

    private long printed;

    EnvelopeLines(OpenBatch batch, long limit) {
        super(batch, limit);
        this.body = PartBody.of(SinkShape.ENVELOPE, batch);
    }

    @Override
    boolean next(StringBuilder to) {
        while (to.length() < PIECE_CHARS && (printed < bytes || hasLine())) {
            append(to);
        }
        return to.length() > 0;
    }

    private boolean hasLine() {
        while (bucket < buckets().buckets() && ordinal == shown(bucket)) {
            bucket++;
            ordinal = 0;
        }
        if (bucket == buckets().buckets()) {
            return false;
        }
        Extent extent = body.extent(bucket, ordinal, ordinal + 1);
        address = line.ofAtLeast(extent.bodyBytes());
        bytes = body.write(bucket, ordinal, extent, address);
        printed = 0;
        ordinal++;
        return true;
    }

    /** A slice of the line, of whole characters: it is UTF-8, whatever the record is. */
    private void append(StringBuilder to) {
        long end = printed + Math.min(copy.length, bytes - printed);
        while (end < bytes && isContinuation(Memory.getByte(address + end))) {
            end--;
        }
        int length = (int) (end - printed);
        Memory.copyToArray(address + printed, copy, 0, length);
        to.append(PrintableText.ofJson(new String(copy, 0, length, StandardCharsets.UTF_8)));
        printed = end;
    }

    /** Whether a byte is inside a character of UTF-8. */
    private static boolean isContinuation(byte value) {
        return (value & 0xC0) == 0x80;
    }

    @Override
    public void close() {
        line.close();
    }
}
