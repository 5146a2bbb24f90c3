package io.decant.harness;

import io.decant.harness.BucketVerifier.Tally;
import io.decant.harness.BucketVerifier.Violation.Rule;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Whether the two rules held, from what was sent and what was received.
 *
 * @param distinct rule 1: no bucket holds a key twice
 * @param complete rule 2: the buckets together are the stream
 * @param lines the same in words, with what the verdict rests on and, where a rule was broken, how
 */
public record Verdict(boolean distinct, boolean complete, List<String> lines) {

    /**
     * On a stream whose every record is known.
     *
     * @param acknowledged how many records the server said are durable
     */
    public static Verdict of(Fingerprint sent, long acknowledged, Tally received) {
        boolean all = sent.equals(received.records()) && acknowledged == sent.records();
        String basis = all
                ? String.format(
                        Locale.ROOT, "%,d records sent, acknowledged and received; fingerprint %s", acknowledged, sent)
                : String.format(
                        Locale.ROOT,
                        "%,d records sent (fingerprint %s), %,d acknowledged, %,d received (fingerprint %s)",
                        sent.records(),
                        sent,
                        acknowledged,
                        received.records().records(),
                        received.records());
        return of(all, basis, received);
    }

    /** On records that were typed in: all that is known of them is how many there are. */
    public static Verdict byCount(long acknowledged, Tally received) {
        String basis = String.format(
                Locale.ROOT,
                "%,d records acknowledged, %,d received, yours included",
                acknowledged,
                received.records().records());
        return of(acknowledged == received.records().records(), basis, received);
    }

    private static Verdict of(boolean all, String basis, Tally received) {
        boolean distinct = received.violations().stream().noneMatch(broken -> broken.rule() == Rule.DISTINCT);
        boolean complete = all && received.violations().stream().noneMatch(broken -> broken.rule() == Rule.COMPLETE);
        String seen = String.format(
                Locale.ROOT,
                "%,d records in %,d buckets of %,d batches; %,d requests, %,d redelivered",
                received.records().records(),
                received.buckets(),
                received.batches(),
                received.requests(),
                received.redeliveries());
        Stream<String> rules = Stream.of(
                rule(1, "no bucket holds a key twice", distinct),
                detail(seen),
                rule(2, "the buckets together are the stream", complete),
                detail(basis));
        Stream<String> broken = received.violations().stream().map(violation -> detail(violation.text()));
        String end = distinct && complete ? "Verdict: both rules held." : "Verdict: NOT held, see above.";
        return new Verdict(
                distinct,
                complete,
                Stream.of(rules, broken, Stream.of(end)).flatMap(lines -> lines).toList());
    }

    private static String rule(int number, String text, boolean held) {
        return String.format(Locale.ROOT, "Rule %d  %-36s  %s", number, text, held ? "held" : "BROKEN");
    }

    private static String detail(String text) {
        return "        " + text;
    }

    public boolean held() {
        return distinct && complete;
    }
}
