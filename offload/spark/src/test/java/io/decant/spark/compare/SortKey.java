package io.decant.spark.compare;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoSerializable;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/**
 * What a sort goes by: a record's hash or its bucket, and then where it stands in the input. Written as it is: hashes
 * do not get shorter.
 */
final class SortKey implements Comparable<SortKey>, KryoSerializable {

    /** The number of a record within its piece of the input fills the lower bits of a sequence. */
    private static final int PIECE_SHIFT = 40;

    private long first;
    private long sequence;

    /** For Kryo. */
    SortKey() {}

    SortKey(long first, long sequence) {
        this.first = first;
        this.sequence = sequence;
    }

    /** The sequence of the first record of a piece. */
    static long sequence(int piece) {
        return (long) piece << PIECE_SHIFT;
    }

    long first() {
        return first;
    }

    long sequence() {
        return sequence;
    }

    int piece() {
        return (int) (sequence >>> PIECE_SHIFT);
    }

    @Override
    public int compareTo(SortKey other) {
        int byFirst = Long.compare(first, other.first);
        return byFirst != 0 ? byFirst : Long.compare(sequence, other.sequence);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SortKey key && key.first == first && key.sequence == sequence;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(first ^ sequence);
    }

    @Override
    public void write(Kryo kryo, Output out) {
        out.writeLong(first);
        out.writeLong(sequence);
    }

    @Override
    public void read(Kryo kryo, Input in) {
        first = in.readLong();
        sequence = in.readLong();
    }
}
