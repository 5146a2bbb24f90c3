package io.decant.bucketer;

final class JsonKeyExtractor extends KeyExtractor {

    JsonKeyExtractor(JsonPath path) {}

    @Override
    byte[] key(byte[] record, int length) {
        throw new UnsupportedOperationException();
    }
}
