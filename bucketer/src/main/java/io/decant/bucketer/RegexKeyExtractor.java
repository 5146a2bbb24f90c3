package io.decant.bucketer;

final class RegexKeyExtractor extends KeyExtractor {

    RegexKeyExtractor(java.util.regex.Pattern pattern) {}

    @Override
    byte[] key(byte[] record, int length) {
        throw new UnsupportedOperationException();
    }
}
