package io.decant.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BucketPictureTest {

    @Test
    void shouldShowEachBucketOfFew() {
        BucketPicture picture = BucketPicture.of(3, bucket -> 3 - bucket);
        assertThat(picture.bucketsPerValue()).isEqualTo(1);
        assertThat(picture.records()).containsExactly(3, 2, 1);
        assertThat(BucketPicture.of(0, bucket -> 1).records()).isEmpty();
    }

    @Property
    void shouldShowAllRecordsOfMany(@ForAll @IntRange(min = 0, max = 3_000) int buckets) {
        BucketPicture picture = BucketPicture.of(buckets, bucket -> buckets - bucket);
        assertThat(Arrays.stream(picture.records()).sum()).isEqualTo(buckets * (buckets + 1L) / 2);
        assertThat(picture.records().length).isLessThanOrEqualTo(BucketPicture.VALUES_MAX);
        assertThat((long) picture.records().length * picture.bucketsPerValue()).isGreaterThanOrEqualTo(buckets);
        assertThat((picture.records().length - 1L) * picture.bucketsPerValue()).isLessThan(Math.max(1, buckets));
    }

    @Test
    void shouldShowAsManyBucketsAsThereCanBe() {
        BucketPicture picture = BucketPicture.of(10_000_000, bucket -> 1);
        assertThat(picture.records()).hasSize(512);
        assertThat(picture.records()[0]).isEqualTo(picture.bucketsPerValue());
    }
}
