package io.decant.harness;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Lines;
import io.decant.bucketer.SeenHashes;
import io.decant.harness.BucketVerifier.Violation.Rule;
import io.decant.harness.PartReceiver.PartHandler;
import io.decant.offload.console.RecordPreview;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Looks at every record that is received: whether its bucket has it already, in whichever part, and adds it to the
 * fingerprint of all. A request that was seen before, by its {@code Idempotency-Key}, counts once, and must have the
 * same body.
 *
 * <p>Records are compared by a seeded 64-bit hash: two different ones in a bucket of n are taken for the same with a
 * chance of n²/2^65, which would show as a violation that is none, never the other way around. Only the bucket that is
 * coming in is remembered; so buckets must come in order, and one that comes back after the next has begun is a
 * violation too.
 *
 * <p>Owned by one thread, except for {@link #tally()}.
 */
public final class BucketVerifier implements PartHandler, AutoCloseable {

    /**
     * Requests whose keys are remembered; one that comes again later than that shows as records that were never sent.
     */
    static final int KEYS_REMEMBERED = 10_000;
    /** Violations that are told, for each rule; one is enough to fail. */
    private static final int VIOLATIONS_TOLD = 5;

    private static final int SHOWN_BYTES = 100;

    private final KeyHasher hasher;
    private final Consumer<BatchRow> rows;
    private final SeenHashes bucket = new SeenHashes();
    private final Map<String, Long> bodies = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > KEYS_REMEMBERED;
        }
    };
    private final List<Violation> violations = new ArrayList<>();
    private ReceivedPart last;
    private BatchRow row;
    private Fingerprint records = Fingerprint.EMPTY;
    private long repeats;
    private long batches;
    private long buckets;
    private long requests;
    private long redeliveries;
    private volatile Tally tally = Tally.EMPTY;

    /**
     * @param hasher with the seed that the sender's fingerprint has
     * @param rows gets each batch when it is over, which shows when the next begins or at {@link #finish}
     */
    public BucketVerifier(KeyHasher hasher, Consumer<BatchRow> rows) {
        this.hasher = hasher;
        this.rows = rows;
    }

    @Override
    public void part(ReceivedPart part, long address, int length) {
        requests++;
        long hash = hasher.hash(address, length);
        Long before = bodies.putIfAbsent(part.key(), hash);
        if (before == null) {
            verify(part, address, length);
        } else if (before == hash) {
            redeliveries++;
        } else {
            violated(Rule.COMPLETE, part.where() + ": came again under the key " + part.key() + " with another body");
        }
        publish();
    }

    /** A request that is none of Decant's. */
    public void refused(String why) {
        requests++;
        violated(Rule.COMPLETE, why);
        publish();
    }

    private void verify(ReceivedPart part, long address, int length) {
        turnTo(part);
        long count = readRecords(part, address, address + length);
        if (count != part.records()) {
            violated(Rule.COMPLETE, part.where() + ": has " + count + " records and says " + part.records());
        }
        repeats += part.bucket() > 0 ? count : 0;
        row = row.plus(part.bucket(), count);
    }

    private void turnTo(ReceivedPart part) {
        if (last == null || part.batch() > last.batch()) {
            finish();
            batches++;
            row = BatchRow.empty(part);
        } else if (part.batch() == last.batch() && part.bucket() == last.bucket()) {
            return;
        } else if (part.batch() < last.batch() || part.bucket() < last.bucket()) {
            violated(Rule.DISTINCT, part.where() + ": came after " + last.where() + ", when its bucket was over");
        }
        buckets++;
        bucket.clear();
        last = part;
    }

    private long readRecords(ReceivedPart part, long address, long end) {
        long count = 0;
        long bytes = 0;
        long sum = 0;
        long at = address;
        while (at < end) {
            long newline = Lines.nextNewline(at, end);
            if (newline == Lines.NONE) {
                violated(Rule.COMPLETE, part.where() + ": ends in the middle of a line");
                break;
            }
            int length = (int) (newline - at);
            long hash = hasher.hash(at, length);
            if (!bucket.add(hash)) {
                violated(Rule.DISTINCT, part.where() + ": again '" + RecordPreview.of(at, length, SHOWN_BYTES) + "'");
            }
            count++;
            bytes += length;
            sum += hash;
            at = newline + 1;
        }
        records = records.plus(new Fingerprint(count, bytes, sum));
        return count;
    }

    private void violated(Rule rule, String text) {
        if (violations.stream().filter(known -> known.rule() == rule).count() < VIOLATIONS_TOLD) {
            violations.add(new Violation(rule, text));
        }
    }

    /** Nothing more will come of the batch that came last. */
    public void finish() {
        if (row != null) {
            rows.accept(row);
            row = null;
        }
    }

    private void publish() {
        tally = new Tally(records, repeats, batches, buckets, requests, redeliveries, List.copyOf(violations));
    }

    /** What has been received. Safe from any thread. */
    public Tally tally() {
        return tally;
    }

    @Override
    public void close() {
        bucket.close();
    }

    /**
     * What has been received so far.
     *
     * @param records the fingerprint of all records
     * @param repeats records in buckets after the first
     * @param batches how many there were, the one that may still be coming included
     * @param buckets of all batches
     * @param requests with redeliveries
     * @param redeliveries requests that came again with the same key and the same body, and counted once
     * @param violations the first ones of each rule
     */
    public record Tally(
            Fingerprint records,
            long repeats,
            long batches,
            long buckets,
            long requests,
            long redeliveries,
            List<Violation> violations) {

        public static final Tally EMPTY = new Tally(Fingerprint.EMPTY, 0, 0, 0, 0, 0, List.of());
    }

    /**
     * Something that must not be.
     *
     * @param rule the one that is broken
     * @param text what was seen where
     */
    public record Violation(Rule rule, String text) {

        /** What Decant promises. */
        public enum Rule {
            /** No bucket holds a key twice. */
            DISTINCT,
            /** The buckets together are the stream. */
            COMPLETE
        }
    }
}
