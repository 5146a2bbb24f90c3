package io.decant.bucketer;

/** The key that a record came with, beside its value. A line has none. */
final class KafkaKeyExtractor extends KeyExtractor {

    @Override
    public byte[] key(long address, int length) {
        return null;
    }

    @Override
    byte[] key(byte[] record, int length) {
        return null;
    }

    @Override
    byte[] keyOfFrame(long frame) {
        if (!Frame.hasKey(frame)) {
            return null;
        }
        byte[] key = new byte[Frame.keyLength(frame)];
        Memory.copyToArray(Frame.keyAddress(frame), key, 0, key.length);
        return key;
    }
}
