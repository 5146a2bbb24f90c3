package io.decant.bucketer;

import java.util.Arrays;

/** The whole record is the key. */
final class RecordKeyExtractor extends KeyExtractor {

    @Override
    byte[] key(byte[] record, int length) {
        return Arrays.copyOf(record, length);
    }
}
