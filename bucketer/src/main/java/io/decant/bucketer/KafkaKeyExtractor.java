package io.decant.bucketer;

/** The key that a record came with, beside its value. A line has none. */
final class KafkaKeyExtractor extends KeyExtractor {

    @Override
    public boolean find(long address, int length) {
        return false;
    }

    @Override
    boolean findWithValue(long frame, long value, int length) {
        return findInFrame(frame);
    }

    @Override
    boolean findInFrame(long frame) {
        if (!Frame.hasKey(frame)) {
            return false;
        }
        found(Frame.keyAddress(frame), Frame.keyLength(frame));
        return true;
    }
}
