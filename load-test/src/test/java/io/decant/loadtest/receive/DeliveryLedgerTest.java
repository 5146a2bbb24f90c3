package io.decant.loadtest.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.ReceivedPart;
import org.junit.jupiter.api.Test;

class DeliveryLedgerTest {

    private final DeliveryLedger ledger = new DeliveryLedger();

    private void take(long batch, int bucket, int buckets, long first, long records) {
        take(batch, bucket, buckets, first, records, 0);
    }

    private void take(long batch, int bucket, int buckets, long first, long records, long nanos) {
        ledger.take(new ReceivedPart("key", batch, bucket, buckets, first, records, "window"), records * 101, nanos);
    }

    @Test
    void shouldCountRecordsWhateverTheOrderOfABucketsParts() {
        take(1, 0, 2, 10, 10);
        take(1, 0, 2, 0, 10);
        take(1, 1, 2, 0, 3);
        take(2, 0, 1, 0, 7);
        assertThat(ledger.records()).isEqualTo(30);
        assertThat(ledger.bodyBytes()).isEqualTo(3030);
        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void shouldCountARedeliveryOnce() {
        take(1, 0, 1, 0, 10);
        take(1, 0, 1, 0, 10);
        assertThat(ledger.records()).isEqualTo(10);
        assertThat(ledger.redeliveries()).isEqualTo(1);
        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void shouldNoticeAPartThatComesAgainWithAnotherCount() {
        take(1, 0, 1, 0, 10);
        take(1, 0, 1, 0, 11);
        assertThat(ledger.violations()).singleElement().asString().contains("10 records, and again with 11");
    }

    @Test
    void shouldNoticeAHoleInABucket() {
        take(1, 0, 1, 0, 10);
        take(1, 0, 1, 11, 10);
        take(2, 0, 1, 0, 1);
        assertThat(ledger.violations()).singleElement().asString().contains("record 10", "missing");
    }

    @Test
    void shouldNoticeAnOverlapInABucket() {
        take(1, 0, 1, 0, 10);
        take(1, 0, 1, 9, 10);
        take(2, 0, 1, 0, 1);
        assertThat(ledger.violations()).hasSize(1);
    }

    @Test
    void shouldNoticeBucketsAndBatchesThatAreLeftOut() {
        take(1, 0, 3, 0, 10);
        take(1, 2, 3, 0, 10);
        take(3, 0, 1, 0, 10);
        assertThat(ledger.violations()).hasSize(2);
    }

    @Test
    void shouldNoticeABatchThatEndsEarly() {
        take(1, 0, 2, 0, 10);
        take(2, 0, 1, 0, 10);
        assertThat(ledger.violations()).singleElement().asString().contains("ended with bucket 0 of 2");
    }

    @Test
    void shouldMeasureBetweenTheEndsOfBatches() {
        long second = 1_000_000_000L;
        for (int batch = 1; batch <= 5; batch++) {
            take(batch, 0, 1, 0, batch * 100L, batch * second);
        }
        // What was whole at 2 s, the first 100, up to what was at 4 s: 200 and 300.
        assertThat(ledger.pace(second + 1, 5 * second - 1)).isEqualTo(250);
        assertThat(ledger.pace(second + 1, 2 * second + 1)).isZero();
        assertThat(ledger.pace(6 * second, 9 * second)).isZero();
    }
}
