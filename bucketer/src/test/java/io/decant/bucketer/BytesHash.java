package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/** A hash function of bytes, and nothing else. */
abstract class BytesHash extends LongHashFunction {

    @Override
    public long hashVoid() {
        return 0;
    }

    @Override
    public final long hashLong(long input) {
        throw new UnsupportedOperationException();
    }

    @Override
    public final long hashInt(int input) {
        throw new UnsupportedOperationException();
    }

    @Override
    public final long hashShort(short input) {
        throw new UnsupportedOperationException();
    }

    @Override
    public final long hashChar(char input) {
        throw new UnsupportedOperationException();
    }

    @Override
    public final long hashByte(byte input) {
        throw new UnsupportedOperationException();
    }
}
