package io.decant.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.BucketVerifier.Tally;
import io.decant.harness.BucketVerifier.Violation;
import io.decant.harness.BucketVerifier.Violation.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Fingerprint STREAM = new Fingerprint(1234, 5678, 0xabcL);
    private static final Tally ALL = new Tally(STREAM, 100, 2, 7, 9, 1, List.of());

    @Test
    void shouldSayWhatItRestsOn() {
        Verdict verdict = Verdict.of(STREAM, 1234, ALL);
        assertThat(verdict.held()).isTrue();
        assertThat(verdict.lines())
                .containsExactly(
                        "Rule 1  no bucket holds a key twice           held",
                        "        1,234 records in 7 buckets of 2 batches; 9 requests, 1 redelivered",
                        "Rule 2  the buckets together are the stream   held",
                        "        1,234 records sent, acknowledged and received; fingerprint 0000000000000abc",
                        "Verdict: both rules held.");
    }

    @Test
    void shouldSayWhatWasBrokenAndHow() {
        Tally less = new Tally(
                new Fingerprint(1233, 5600, 0xabdL), 0, 2, 7, 9, 1, List.of(new Violation(Rule.DISTINCT, "again 'a'")));
        Verdict verdict = Verdict.of(STREAM, 1234, less);
        assertThat(verdict.held()).isFalse();
        assertThat(verdict.lines())
                .containsExactly(
                        "Rule 1  no bucket holds a key twice           BROKEN",
                        "        1,233 records in 7 buckets of 2 batches; 9 requests, 1 redelivered",
                        "Rule 2  the buckets together are the stream   BROKEN",
                        "        1,234 records sent (fingerprint 0000000000000abc), 1,234 acknowledged,"
                                + " 1,233 received (fingerprint 0000000000000abd)",
                        "        again 'a'",
                        "Verdict: NOT held, see above.");
    }

    @Test
    void shouldGoByTheCountWhereNobodyKnowsTheRecords() {
        assertThat(Verdict.byCount(1234, ALL).held()).isTrue();
        assertThat(Verdict.byCount(1235, ALL).held()).isFalse();
        assertThat(Verdict.byCount(1233, ALL).held()).isFalse();
    }

    @Test
    void shouldNotHoldOnCountsAloneWhereTheRecordsAreKnown() {
        assertThat(Verdict.of(new Fingerprint(1234, 5678, 0xabdL), 1234, ALL).held())
                .isFalse();
    }
}
