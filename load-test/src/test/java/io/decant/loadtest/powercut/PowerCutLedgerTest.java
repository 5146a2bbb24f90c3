package io.decant.loadtest.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.ReceivedPart;
import io.decant.loadtest.powercut.PowerCutLedger.PowerCutPart;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The ledger must see everything that a server can do wrong, or a run without faults would prove nothing. */
class PowerCutLedgerTest {

    private final PowerCutLedger ledger = new PowerCutLedger();

    private static PowerCutPart part(
            String key, long batch, int bucket, int buckets, long first, List<String> records) {
        String body = String.join("\n", records) + "\n";
        return new PowerCutPart(
                new ReceivedPart(key, batch, bucket, buckets, first, records.size(), "w" + batch), body);
    }

    private static String record(long ordinal) {
        return Workload.record(0, ordinal);
    }

    /** The first ordinal after {@code ordinal} that has the same key. */
    private static long sameKeyAfter(long ordinal) {
        String key = Workload.key(record(ordinal));
        return LongStream.iterate(ordinal + 1, next -> next + 1)
                .filter(next -> Workload.key(record(next)).equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldFindNothingWrongWithWhatIsRight() {
        ledger.take(part("a", 1, 0, 2, 0, List.of(record(0), record(1))));
        ledger.take(part("b", 1, 0, 2, 2, List.of(record(2))));
        ledger.take(part("c", 1, 1, 2, 0, List.of(record(sameKeyAfter(0)))));
        ledger.take(part("d", 2, 0, 1, 0, List.of(record(3))));
        ledger.take(part("d", 2, 0, 1, 0, List.of(record(3))));
        assertThat(ledger.violations()).isEmpty();
        assertThat(ledger.gaps()).isEmpty();
        assertThat(ledger.repeats()).isEqualTo(1);
        assertThat(ledger.batches()).isEqualTo(2);
        assertThat(ledger.delivered(0).stream()).containsExactly(0, 1, 2, 3, Math.toIntExact(sameKeyAfter(0)));
    }

    @Test
    void shouldSeeAKeyThatComesAgainAsAnother() {
        ledger.take(part("a", 1, 0, 1, 0, List.of(record(0))));
        ledger.take(part("a", 1, 0, 1, 0, List.of(record(1))));
        assertThat(ledger.violations()).singleElement().asString().contains("came again as another");
    }

    @Test
    void shouldSeeARecordUnderTwoKeys() {
        ledger.take(part("a", 1, 0, 1, 0, List.of(record(0))));
        ledger.take(part("b", 2, 0, 1, 0, List.of(record(0))));
        assertThat(ledger.violations()).anyMatch(what -> what.contains("under another key before"));
    }

    @Test
    void shouldSeeARecordThatNobodySent() {
        ledger.take(part("a", 1, 0, 1, 0, List.of(record(0) + "!")));
        assertThat(ledger.violations()).singleElement().asString().contains("never sent");
    }

    @Test
    void shouldSeeAKeyTwiceInABucket() {
        ledger.take(part("a", 1, 0, 1, 0, List.of(record(0))));
        ledger.take(part("b", 1, 0, 1, 1, List.of(record(sameKeyAfter(0)))));
        assertThat(ledger.violations()).singleElement().asString().contains("in the bucket twice");
    }

    @Test
    void shouldSeeAnOrderThatIsNotTheSenders() {
        ledger.take(part("a", 1, 0, 2, 0, List.of(record(sameKeyAfter(0)))));
        ledger.take(part("b", 1, 1, 2, 0, List.of(record(0))));
        assertThat(ledger.violations()).singleElement().asString().contains("after record");
    }

    @Test
    void shouldSeeASecondPartAtOnePlace() {
        ledger.take(part("a", 1, 0, 1, 0, List.of(record(0))));
        ledger.take(part("b", 1, 0, 1, 0, List.of(record(1))));
        assertThat(ledger.violations()).singleElement().asString().contains("second part at its place");
    }

    @Test
    void shouldSeeWhatIsMissing() {
        ledger.take(part("a", 1, 0, 2, 0, List.of(record(0))));
        ledger.take(part("b", 3, 0, 1, 1, List.of(record(1))));
        assertThat(ledger.gaps())
                .containsExactly(
                        "batch 1 has 1 of 2 buckets",
                        "batch 3 follows 1",
                        "batch 3, bucket 0: record 0 is missing, 1 is the next");
    }

    @Test
    void shouldTellTheCheckerAllThatItKnows() {
        ledger.take(part("a", 1, 0, 1, 0, List.of(record(0), record(1), record(3), Workload.record(2, 7))));
        PowerCutReport report = PowerCutReport.parse(PowerCutReport.of(ledger).text());
        assertThat(report).isEqualTo(PowerCutReport.of(ledger));
        assertThat(report.delivered(0)).isEqualTo(3);
        assertThat(report.ranges())
                .containsExactly(
                        new PowerCutReport.Range(0, 1),
                        new PowerCutReport.Range(3, 3),
                        new PowerCutReport.Range(Workload.number(2, 7), Workload.number(2, 7)));
    }
}
