package io.decant.spark.compare;

import java.util.SplittableRandom;

/** How records repeat. */
enum Shape {
    /**
     * What the targets of performance are measured with: every tenth record is one of those before it, any with the
     * same chance.
     */
    PLAIN("10 % duplicates") {
        @Override
        long key(SplittableRandom random, long fresh) {
            return fresh > 0 && random.nextInt(100) < 10 ? random.nextLong(fresh) : fresh;
        }
    },
    /** Every other record is the same: as many buckets as half the records. */
    HOT("one key is half of the records") {
        @Override
        long key(SplittableRandom random, long fresh) {
            return fresh > 0 && random.nextInt(100) < 50 ? 0 : fresh;
        }
    };

    private final String words;

    Shape(String words) {
        this.words = words;
    }

    /** The next record's key: {@code fresh}, or one that was there before. */
    abstract long key(SplittableRandom random, long fresh);

    @Override
    public String toString() {
        return words;
    }
}
