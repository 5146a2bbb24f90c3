package io.decant.bucketer;

import net.openhft.hashing.Access;
import net.openhft.hashing.LongHashFunction;

/** A hash function with few values, so that different keys collide all the time. */
final class WeakHash extends LongHashFunction {

    private static final LongHashFunction SOUND = LongHashFunction.xx3(7);

    private final int values;

    WeakHash(int values) {
        this.values = values;
    }

    private long weaken(long hash) {
        // Spread over the partitions, as sound hashes are.
        return Math.floorMod(hash, values) * 0x9E3779B97F4A7C15L;
    }

    @Override
    public long hashLong(long input) {
        return weaken(SOUND.hashLong(input));
    }

    @Override
    public long hashInt(int input) {
        return weaken(SOUND.hashInt(input));
    }

    @Override
    public long hashShort(short input) {
        return weaken(SOUND.hashShort(input));
    }

    @Override
    public long hashChar(char input) {
        return weaken(SOUND.hashChar(input));
    }

    @Override
    public long hashByte(byte input) {
        return weaken(SOUND.hashByte(input));
    }

    @Override
    public long hashVoid() {
        return weaken(SOUND.hashVoid());
    }

    @Override
    public <T> long hash(T input, Access<T> access, long offset, long length) {
        return weaken(SOUND.hash(input, access, offset, length));
    }
}
