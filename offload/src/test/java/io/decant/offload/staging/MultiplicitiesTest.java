package io.decant.offload.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.layout.BucketSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MultiplicitiesTest {

    /** Bucket b has a record of each key that occurs more than b times. */
    @Property(tries = 300)
    void shouldKnowTheSizeOfEveryBucket(@ForAll @Size(max = 60) List<@IntRange(min = 1, max = 40) Integer> keys)
            throws StagingFormatException {
        Multiplicities multiplicities = Multiplicities.fromList(of(keys).toList());
        assertThat(multiplicities).isEqualTo(of(keys));
        int buckets = keys.stream().mapToInt(Integer::intValue).max().orElse(0);
        assertThat(multiplicities.buckets()).isEqualTo(buckets);
        long before = 0;
        for (int bucket = 0; bucket < buckets; bucket++) {
            int number = bucket;
            long records = keys.stream().filter(times -> times > number).count();
            assertThat(multiplicities.records(bucket)).isEqualTo(records);
            assertThat(multiplicities.recordsBefore(bucket)).isEqualTo(before);
            assertThat(multiplicities.bucketOf(before)).isEqualTo(bucket);
            assertThat(multiplicities.bucketOf(before + records - 1)).isEqualTo(bucket);
            before += records;
        }
        assertThat(multiplicities.records()).isEqualTo(before);
        assertThat(multiplicities.recordsBefore(buckets)).isEqualTo(before);
    }

    @Property(tries = 100)
    void shouldTellSizesFromAnyBucketOn(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 40) Integer> keys,
            @ForAll @IntRange(max = 45) int first) {
        Multiplicities multiplicities = of(keys);
        List<Long> told = new ArrayList<>();
        for (BucketSizes run : multiplicities.sizesFrom(first)) {
            for (long i = 0; i < run.buckets(); i++) {
                told.add(run.records());
            }
        }
        List<Long> expected = new ArrayList<>();
        for (int bucket = first; bucket < multiplicities.buckets(); bucket++) {
            expected.add(multiplicities.records(bucket));
        }
        assertThat(told).isEqualTo(expected);
    }

    @Test
    void shouldRefuseABucketThatDoesNotExist() {
        assertThatThrownBy(() -> of(List.of(2)).records(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> of(List.of()).records(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static Multiplicities of(List<Integer> keys) {
        TreeMap<Integer, Long> counts = new TreeMap<>();
        keys.forEach(times -> counts.merge(times, 1L, Long::sum));
        return Multiplicities.of(counts);
    }
}
