package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A batch in segments, held against the same batch in one piece. */
class SegmentAssignerTest {

    private static final BucketAssigner WHOLE = new BucketAssigner(1, Runnable::run);

    @Property(tries = 300)
    void shouldPartSegmentsAsTheWholeBatchIsParted(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 400) int records,
            @ForAll @IntRange(min = 1, max = 40) int keys) {
        Random random = new Random(seed);
        shouldPartAsTheWhole(random, keyed(random, records, keys), Keying.wholeRecord(seed));
    }

    @Property(tries = 200)
    void shouldSetRecordsWithoutAKeyAsideAsTheWholeBatchDoes(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 300) int records,
            @ForAll @IntRange(min = 1, max = 20) int keys) {
        Random random = new Random(seed);
        shouldPartAsTheWhole(
                random, keyed(random, records, keys), new Keying(KeySpec.of("csv:2"), MissingKey.DLQ, seed));
    }

    /** More buckets than one digit of the sort can tell apart. */
    @Test
    void shouldSortManyThousandBuckets() {
        Random random = new Random(7);
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            records.add(NaiveBuckets.bytes(random.nextInt(4) == 0 ? "k" + random.nextInt(100) : "hot"));
        }
        shouldPartAsTheWhole(random, records, Keying.wholeRecord(3));
    }

    private static List<byte[]> keyed(Random random, int records, int keys) {
        List<byte[]> made = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            String key = random.nextBoolean() ? "hot" : "k" + random.nextInt(keys);
            made.add(
                    NaiveBuckets.bytes(random.nextInt(5) == 0 ? key.substring(0, random.nextInt(2)) : key + "," + key));
        }
        return made;
    }

    private static void shouldPartAsTheWhole(Random random, List<byte[]> records, Keying keying) {
        try (LeakCheck leaks = new LeakCheck();
                TestBatch whole = TestBatch.of(records, 7, random);
                Assignment expected = WHOLE.assign(whole.chunks(), keying, true);
                HashCounts before = new HashCounts(1)) {
            List<List<String>> buckets = new ArrayList<>();
            List<List<Long>> arrivals = new ArrayList<>();
            List<String> keyless = new ArrayList<>();
            for (int from = 0; from < records.size(); ) {
                int to = Math.min(records.size(), from + 1 + random.nextInt(50));
                addSegment(records.subList(from, to), from, random, keying, before, buckets, arrivals, keyless);
                from = to;
            }
            assertThat(buckets).isEqualTo(NaiveBuckets.of(expected));
            assertThat(arrivals).isEqualTo(arrivals(expected));
            assertThat(keyless).isEqualTo(NaiveBuckets.keyless(expected));
        }
    }

    private static void addSegment(
            List<byte[]> records,
            int first,
            Random random,
            Keying keying,
            HashCounts before,
            List<List<String>> buckets,
            List<List<Long>> arrivals,
            List<String> keyless) {
        try (TestBatch batch = TestBatch.of(records, 5, random);
                SegmentAssigner counting = SegmentAssigner.scan(batch.chunks(), keying);
                HashCounts own = counting.count();
                HashCounts seeded = new HashCounts(1);
                SegmentAssigner assigning = SegmentAssigner.scan(batch.chunks(), keying)) {
            own.forEach((hash, count) -> {
                long came = before.add(hash, count);
                if (came > 0) {
                    seeded.add(hash, came);
                }
            });
            try (SegmentBuckets segment = assigning.assign(seeded)) {
                int last = 0;
                for (long i = 0; i < segment.records(); i++) {
                    int bucket = segment.bucket(i);
                    assertThat(bucket).isGreaterThanOrEqualTo(last);
                    last = bucket;
                    while (buckets.size() <= bucket) {
                        buckets.add(new ArrayList<>());
                        arrivals.add(new ArrayList<>());
                    }
                    buckets.get(bucket).add(NaiveBuckets.text(NativeBytes.read(segment.address(i), segment.length(i))));
                    arrivals.get(bucket).add(first + segment.arrival(i));
                }
                long lastKeyless = -1;
                for (long i = 0; i < segment.keyless(); i++) {
                    assertThat(segment.keylessArrival(i)).isGreaterThan(lastKeyless);
                    lastKeyless = segment.keylessArrival(i);
                    keyless.add(
                            NaiveBuckets.text(NativeBytes.read(segment.keylessAddress(i), segment.keylessLength(i))));
                }
            }
        }
    }

    private static List<List<Long>> arrivals(Assignment assignment) {
        List<List<Long>> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
            List<Long> ofBucket = new ArrayList<>();
            for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                ofBucket.add(assignment.arrival(bucket, ordinal));
            }
            buckets.add(ofBucket);
        }
        return buckets;
    }
}
