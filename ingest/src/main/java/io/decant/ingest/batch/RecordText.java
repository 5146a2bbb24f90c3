package io.decant.ingest.batch;

import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;

/** A record's first bytes as a person can read them. */
public final class RecordText {

    private RecordText() {}

    /** At most {@code bytesMax} bytes of the record, as UTF-8; what is no printable character becomes a dot. */
    public static String of(long address, int length, int bytesMax) {
        byte[] bytes = new byte[Math.min(length, bytesMax)];
        Memory.copyToArray(address, bytes, 0, bytes.length);
        String text = new String(bytes, StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}\\uFFFD]", ".");
        return length > bytesMax ? text + "..." : text;
    }
}
