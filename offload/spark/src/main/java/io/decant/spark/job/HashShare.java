package io.decant.spark.job;

import io.decant.bucketer.HashCounts;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A share of a segment's hashes and how often each came, as it goes over the network: 8 bytes for a hash that came
 * once, 16 for another.
 *
 * @param segment whose they are
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record HashShare(int segment, int singles, byte[] hashes) implements SegmentShare {

    private static final int COUNTED_BYTES = 2 * Long.BYTES;

    /** Divides counts into {@code shares} shares by hash, the same for every segment. */
    static HashShare[] of(int segment, HashCounts counts, int shares) {
        int[] singles = new int[shares];
        int[] others = new int[shares];
        counts.forEach((hash, count) -> (count == 1 ? singles : others)[shareOf(hash, shares)]++);
        ByteBuffer[] single = new ByteBuffer[shares];
        ByteBuffer[] other = new ByteBuffer[shares];
        HashShare[] made = new HashShare[shares];
        for (int share = 0; share < shares; share++) {
            byte[] bytes = new byte[singles[share] * Long.BYTES + others[share] * COUNTED_BYTES];
            made[share] = new HashShare(segment, singles[share], bytes);
            single[share] = ByteBuffer.wrap(bytes);
            other[share] = ByteBuffer.wrap(bytes).position(singles[share] * Long.BYTES);
        }
        counts.forEach((hash, count) -> {
            int share = shareOf(hash, shares);
            if (count == 1) {
                single[share].putLong(hash);
            } else {
                other[share].putLong(hash).putLong(count);
            }
        });
        return made;
    }

    /** By the high bits: the low ones are what tables go by. */
    private static int shareOf(long hash, int shares) {
        return (int) (((hash >>> 33) * shares) >>> 31);
    }

    /** A share of hashes that all have a count. */
    static final class Builder {
        private final int segment;
        private final ByteBuffer counted;

        /** Room for {@code hashesMax} hashes. */
        Builder(int segment, int hashesMax) {
            this.segment = segment;
            this.counted = ByteBuffer.allocate(hashesMax * COUNTED_BYTES);
        }

        void add(long hash, long count) {
            counted.putLong(hash).putLong(count);
        }

        boolean isEmpty() {
            return counted.position() == 0;
        }

        HashShare build() {
            return new HashShare(segment, 0, Arrays.copyOf(counted.array(), counted.position()));
        }
    }

    /** How many hashes. */
    int size() {
        return singles + (hashes.length - singles * Long.BYTES) / COUNTED_BYTES;
    }

    /** Shows every hash once. */
    void forEach(HashCounts.Visitor visitor) {
        ByteBuffer from = ByteBuffer.wrap(hashes);
        for (int i = 0; i < singles; i++) {
            visitor.visit(from.getLong(), 1);
        }
        while (from.hasRemaining()) {
            visitor.visit(from.getLong(), from.getLong());
        }
    }
}
