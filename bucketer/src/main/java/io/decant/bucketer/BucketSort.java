package io.decant.bucketer;

/**
 * Sorts places by bucket and keeps their order within: a radix sort from the lowest digit on, eleven bits at a time,
 * each pass a stable counting sort (Knuth, TAOCP 3, 5.2.5). Its memory depends on the records and not on how high the
 * buckets are: a segment's buckets may be few among millions.
 */
final class BucketSort implements AutoCloseable {

    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private final long count;
    private LongArray from;
    private LongArray to = LongArray.empty();

    /**
     * @param places {@link SegmentBuckets#place} each, by record; its memory is taken over
     * @param count how many of them there are
     */
    BucketSort(LongArray places, long count) {
        this.from = places.detach();
        this.count = count;
    }

    /** The places by bucket, then record. Once. */
    LongArray sorted() {
        long lowest = Long.MAX_VALUE;
        long highest = 0;
        for (long i = 0; i < count; i++) {
            long bucket = SegmentBuckets.bucketOf(from.get(i));
            lowest = Math.min(lowest, bucket);
            highest = Math.max(highest, bucket);
        }
        to.growTo(from.length());
        for (int shift = 0;
                count > 0 && shift < Integer.SIZE && (highest - lowest) >>> shift != 0;
                shift += DIGIT_BITS) {
            pass(lowest, shift);
        }
        return from.detach();
    }

    private void pass(long lowest, int shift) {
        long[] places = new long[DIGITS];
        for (long i = 0; i < count; i++) {
            places[digit(from.get(i), lowest, shift)]++;
        }
        long place = 0;
        for (int digit = 0; digit < DIGITS; digit++) {
            long counted = places[digit];
            places[digit] = place;
            place += counted;
        }
        for (long i = 0; i < count; i++) {
            long entry = from.get(i);
            to.set(places[digit(entry, lowest, shift)]++, entry);
        }
        LongArray swapped = from;
        from = to;
        to = swapped;
    }

    private static int digit(long place, long lowest, int shift) {
        return (int) ((SegmentBuckets.bucketOf(place) - lowest) >>> shift) & (DIGITS - 1);
    }

    @Override
    public void close() {
        from.close();
        to.close();
    }
}
