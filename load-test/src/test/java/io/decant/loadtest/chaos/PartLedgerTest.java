package io.decant.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.ReceivedPart;
import io.decant.loadtest.chaos.ChaosLedger.Scope;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What requests of an HTTP sink can do wrong. */
class PartLedgerTest {

    private static final String STREAM = "tcp-0";

    private final ChaosLedger ledger = new ChaosLedger("api");
    private final PartLedger parts = new PartLedger(ledger);

    private void take(String key, long batch, int bucket, int buckets, long first, long... numbers) {
        String body = LongStream.of(numbers)
                .mapToObj(number -> new ChaosRecord(STREAM, number).json() + "\n")
                .collect(Collectors.joining());
        parts.take(new ReceivedPart(key, batch, bucket, buckets, first, numbers.length, "window"), body);
    }

    private List<String> faults(long sent) {
        parts.requireWhole(true);
        return ledger.faults(Map.of(STREAM, sent), Scope.ALL, 1);
    }

    /** A later record with the key of the first. */
    private static long again() {
        String key = new ChaosRecord(STREAM, 0).key();
        return LongStream.range(1, 1_000_000)
                .filter(number -> new ChaosRecord(STREAM, number).key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldCountOnceWhatComesAgainUnderItsKey() {
        take("a", 1, 0, 1, 0, 0, 1);
        take("a", 1, 0, 1, 0, 0, 1);
        take("b", 2, 0, 1, 0, 2);
        assertThat(faults(3)).isEmpty();
        assertThat(parts.repeats()).isEqualTo(1);
        assertThat(parts.batches()).isEqualTo(2);
    }

    @Test
    void shouldNameAnotherBodyUnderTheSameKey() {
        take("a", 1, 0, 1, 0, 0, 1);
        take("a", 1, 0, 1, 0, 0, 2);
        assertThat(faults(2)).hasSize(1).first().asString().startsWith("api: a came again as another");
    }

    @Test
    void shouldNameTheSamePartUnderAnotherKey() {
        take("a", 1, 0, 1, 0, 0);
        take("b", 1, 0, 1, 0, 0);
        assertThat(faults(1))
                .containsExactly(
                        "api: batch 1, bucket 0, from record 0: the second part at its place, under another key",
                        "api: batch 1, bucket 0, from record 0: record 0 of tcp-0 is there twice",
                        "api: batch 1, bucket 0, from record 0: " + new ChaosRecord(STREAM, 0).key()
                                + " is in the bucket twice");
    }

    @Test
    void shouldNameAKeyThatABucketHoldsTwice() {
        take("a", 1, 0, 1, 0, 0, again());
        parts.requireWhole(true);
        assertThat(ledger.faults(Map.of(), Scope.RUNS, 1))
                .anyMatch(fault -> fault.endsWith(new ChaosRecord(STREAM, 0).key() + " is in the bucket twice"));
    }

    @Test
    void shouldNameAMissingBatchBucketAndPart() {
        take("a", 1, 0, 2, 0, 0);
        take("b", 3, 0, 1, 1, 1);
        assertThat(faults(2))
                .containsExactly(
                        "api: batch 1 has 1 of 2 buckets",
                        "api: batch 3 follows batch 1",
                        "api: batch 3, bucket 0: record 0 is missing, 1 is the next");
    }

    @Test
    void shouldNameABodyThatIsShorterThanItSays() {
        parts.take(new ReceivedPart("a", 1, 0, 1, 0, 2, "window"), new ChaosRecord(STREAM, 0).json() + "\n");
        assertThat(faults(1))
                .containsExactly("api: batch 1, bucket 0, from record 0: 2 records are announced, 1 are there");
    }
}
