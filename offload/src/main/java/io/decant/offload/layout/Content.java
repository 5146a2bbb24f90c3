package io.decant.offload.layout;

import java.io.Serializable;

/**
 * What lies in a file, or in several read one after the other.
 *
 * @param records its lines
 * @param bytes of the lines, newlines included, before compression
 * @param files how many files
 * @param crc32c CRC-32C (RFC 3720, B.4) of these bytes: the same however they are cut into files
 */
public record Content(long records, long bytes, int files, int crc32c) implements Serializable {

    public static final Content NOTHING = new Content(0, 0, 0, 0);

    public Content {
        if (records < 0 || bytes < records || files < 0) {
            throw new IllegalArgumentException(
                    "invalid content: records " + records + ", bytes " + bytes + ", files " + files);
        }
    }

    /** This, and behind it {@code next}. */
    public Content then(Content next) {
        return new Content(
                Math.addExact(records, next.records),
                Math.addExact(bytes, next.bytes),
                Math.addExact(files, next.files),
                Crc32c.join(crc32c, next.crc32c, next.bytes));
    }
}
