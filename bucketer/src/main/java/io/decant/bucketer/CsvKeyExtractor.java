package io.decant.bucketer;

final class CsvKeyExtractor extends KeyExtractor {

    CsvKeyExtractor(int column) {}

    @Override
    byte[] key(byte[] record, int length) {
        throw new UnsupportedOperationException();
    }
}
