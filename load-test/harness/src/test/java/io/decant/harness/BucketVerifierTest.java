package io.decant.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.harness.BucketVerifier.Tally;
import io.decant.harness.BucketVerifier.Violation;
import io.decant.harness.BucketVerifier.Violation.Rule;
import io.decant.harness.PartReceiver.PartHandler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Everything that a server could do wrong, done wrong. */
class BucketVerifierTest {
    private static final long SEED = 42;

    private final long allocated = Memory.allocatedBytes();
    private final KeyHasher hasher = Keying.wholeRecord(SEED).newHasher();
    private final List<BatchRow> rows = new ArrayList<>();
    private final BucketVerifier verifier = new BucketVerifier(hasher, rows::add);

    @AfterEach
    void shouldLeaveNoMemoryBehind() {
        verifier.close();
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    @Test
    void shouldAcceptWhatTheRuleMakes() {
        receive(1, 0, 3, 0, "a\nb\n");
        receive(1, 0, 3, 2, "c\n\n");
        receive(1, 1, 3, 0, "a\nb\n");
        receive(1, 2, 3, 0, "a\n");
        receive(2, 0, 1, 0, "a\n");
        assertThat(verdict("a\na\nb\nc\na\n\nb\na\n")).isEqualTo("held");
        Tally tally = verifier.tally();
        assertThat(tally.batches()).isEqualTo(2);
        assertThat(tally.buckets()).isEqualTo(4);
        assertThat(tally.requests()).isEqualTo(5);
        assertThat(tally.repeats()).isEqualTo(3);
    }

    @Test
    void shouldTellOfEachBatchWhenItIsOver() {
        receive(1, 0, 5, 0, "a\nb\n");
        for (int bucket = 1; bucket < 5; bucket++) {
            receive(1, bucket, 5, 0, "a\n");
        }
        assertThat(rows).isEmpty();
        receive(2, 0, 1, 0, "a\n");
        verifier.finish();
        verifier.finish();
        assertThat(rows)
                .containsExactly(
                        new BatchRow(1, "2026-11-20T21:53:01Z/2026-11-20T21:53:02Z", 6, 5, 2, 1, 1, 2, 5),
                        new BatchRow(2, "2026-11-20T21:53:02Z/2026-11-20T21:53:03Z", 1, 1, 1, 0, 0, 0, 1));
    }

    @Test
    void shouldNoticeADuplicateInAPart() {
        receive(1, 0, 1, 0, "a\nb\na\n");
        assertThat(verdict("a\nb\na\n")).isEqualTo("rule 1 broken");
        assertThat(verifier.tally().violations())
                .containsExactly(new Violation(Rule.DISTINCT, "batch 1, bucket 0, from record 0: again 'a'"));
    }

    @Test
    void shouldNoticeADuplicateInAnotherPartOfTheBucket() {
        receive(1, 0, 1, 0, "a\nb\n");
        receive(1, 0, 1, 2, "c\na\n");
        assertThat(verdict("a\nb\na\nc\n")).isEqualTo("rule 1 broken");
    }

    @Test
    void shouldNoticeABucketThatGoesOnAfterItsEnd() {
        receive(1, 0, 2, 0, "a\n");
        receive(1, 1, 2, 0, "b\n");
        receive(1, 0, 2, 1, "a\n");
        assertThat(verdict("a\na\nb\n")).isEqualTo("rule 1 broken");
    }

    @Test
    void shouldNoticeABatchThatGoesOnAfterItsEnd() {
        receive(1, 0, 1, 0, "a\n");
        receive(2, 0, 1, 0, "b\n");
        receive(1, 0, 1, 1, "a\n");
        assertThat(verdict("a\na\nb\n")).isEqualTo("rule 1 broken");
    }

    @Test
    void shouldNoticeALostRecord() {
        receive(1, 0, 1, 0, "a\n");
        assertThat(verdict("a\nb\n")).isEqualTo("rule 2 broken");
    }

    @Test
    void shouldNoticeALostCopyOfARecord() {
        receive(1, 0, 1, 0, "a\n");
        assertThat(verdict("a\na\n")).isEqualTo("rule 2 broken");
    }

    @Test
    void shouldNoticeAnInventedRecord() {
        receive(1, 0, 1, 0, "a\nb\n");
        assertThat(verdict("a\n")).isEqualTo("rule 2 broken");
    }

    @Test
    void shouldNoticeAChangedRecord() {
        receive(1, 0, 1, 0, "a\nB\n");
        assertThat(verdict("a\nb\n")).isEqualTo("rule 2 broken");
    }

    @Test
    void shouldNoticeThatOnePairStandsForAnother() {
        receive(1, 0, 2, 0, "a\n");
        receive(1, 1, 2, 0, "a\n");
        assertThat(verdict("b\nb\n")).isEqualTo("rule 2 broken");
    }

    @Test
    void shouldNoticeWhatWasNotAcknowledged() {
        receive(1, 0, 1, 0, "a\nb\n");
        assertThat(Verdict.of(fingerprint("a\nb\n"), 1, verifier.tally()).held())
                .isFalse();
    }

    @Test
    void shouldCountARedeliveryOnce() {
        receive(1, 0, 2, 0, "a\nb\n");
        receive(1, 0, 2, 0, "a\nb\n");
        receive(1, 1, 2, 0, "a\n");
        receive(1, 0, 2, 0, "a\nb\n");
        assertThat(verdict("a\nb\na\n")).isEqualTo("held");
        assertThat(verifier.tally().redeliveries()).isEqualTo(2);
        verifier.finish();
        assertThat(rows).singleElement().extracting(BatchRow::records).isEqualTo(3L);
    }

    @Test
    void shouldNoticeARedeliveryWithAnotherBody() {
        receive(1, 0, 1, 0, "a\nb\n");
        receive(1, 0, 1, 0, "a\nc\n");
        assertThat(verdict("a\nb\n")).isEqualTo("rule 2 broken");
        assertThat(verifier.tally().violations()).singleElement().asString().contains("with another body");
    }

    @Test
    void shouldNoticeARepetitionUnderAnotherKey() {
        receive(1, 0, 1, 0, "a\n");
        ReceivedPart part = Body.part(1, 0, 1, 0, "a\n");
        ReceivedPart other = new ReceivedPart("\"other\"", 1, 0, 1, 0, part.records(), part.window());
        Body.deliver(verifier, other, "a\n");
        assertThat(verdict("a\n")).isEqualTo("rules 1 and 2 broken");
    }

    @Test
    void shouldNoticeAWrongCount() {
        ReceivedPart part = Body.part(1, 0, 1, 0, "a\nb\n");
        Body.deliver(verifier, part, "a\nb\nc\n");
        assertThat(verdict("a\nb\nc\n")).isEqualTo("rule 2 broken");
    }

    @Test
    void shouldNoticeACutLine() {
        receive(1, 0, 1, 0, "a\nb");
        assertThat(verdict("a\n")).isEqualTo("rule 2 broken");
    }

    @Test
    void shouldNoticeARequestThatIsNoPart() {
        receive(1, 0, 1, 0, "a\n");
        verifier.refused("a request without Decant-Batch");
        assertThat(verdict("a\n")).isEqualTo("rule 2 broken");
    }

    @Test
    void shouldTellAFewViolationsOfEachRuleOnly() {
        receive(1, 0, 1, 0, "a\n".repeat(1000));
        verifier.refused("nonsense");
        assertThat(verifier.tally().violations()).hasSize(6);
    }

    private void receive(long batch, int bucket, int buckets, long first, String body) {
        Body.deliver(verifier, Body.part(batch, bucket, buckets, first, body), body);
    }

    private String verdict(String sent) {
        Verdict verdict = Verdict.of(fingerprint(sent), sent.lines().count(), verifier.tally());
        assertThat(verdict.held()).isEqualTo(verdict.distinct() && verdict.complete());
        if (verdict.held()) {
            return "held";
        }
        if (!verdict.distinct() && !verdict.complete()) {
            return "rules 1 and 2 broken";
        }
        return verdict.distinct() ? "rule 2 broken" : "rule 1 broken";
    }

    private Fingerprint fingerprint(String lines) {
        Fingerprint[] all = {Fingerprint.EMPTY};
        PartHandler handler = (part, address, length) ->
                all[0] = all[0].plus(new Fingerprint(1, length, hasher.hash(address, length)));
        lines.lines().forEach(record -> Body.deliver(handler, Body.part(1, 0, 1, 0, record), record));
        return all[0];
    }
}
