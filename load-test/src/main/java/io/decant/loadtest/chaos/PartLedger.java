package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.harness.ReceivedPart;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an HTTP sink has sent: a key that comes again brings the same body, no bucket holds a key twice, batches have no
 * gaps and all of their buckets. Records are counted by idempotency key: what comes again under its key counts once.
 *
 * <p>Not thread-safe.
 */
final class PartLedger {

    /** Parts of an older batch do not come for the first time. */
    private static final int BATCHES_UNDER_WAY = 3;

    private static final class Batch {
        private final int buckets;
        private final Map<Integer, TreeMap<Long, Long>> partsByBucket = new HashMap<>();
        private final Map<Integer, Set<String>> keysByBucket = new HashMap<>();

        private Batch(int buckets) {
            this.buckets = buckets;
        }
    }

    private final ChaosLedger ledger;
    private final Map<String, String> digests = new HashMap<>();
    private final TreeMap<Long, Batch> batches = new TreeMap<>();
    private long repeats;

    PartLedger(ChaosLedger ledger) {
        this.ledger = ledger;
    }

    /** A request was received whole. */
    void take(ReceivedPart part, String body) {
        String digest = digest(part + "\n" + body);
        String before = digests.putIfAbsent(part.key(), digest);
        if (before == null) {
            takeFirst(part, body.lines().toList());
        } else {
            repeats++;
            if (!before.equals(digest)) {
                ledger.fault(part.key() + " came again as another: " + part);
            }
        }
    }

    private void takeFirst(ReceivedPart part, List<String> records) {
        String where = part.where();
        if (records.size() != part.records()) {
            ledger.fault(where + ": " + part.records() + " records are announced, " + records.size() + " are there");
        }
        Batch batch = batches.computeIfAbsent(part.batch(), number -> new Batch(part.buckets()));
        if (batch.buckets != part.buckets() || part.bucket() >= part.buckets()) {
            ledger.fault(where + ": of " + part.buckets() + " buckets, and the batch has " + batch.buckets);
        }
        Long other = batch.partsByBucket
                .computeIfAbsent(part.bucket(), bucket -> new TreeMap<>())
                .put(part.first(), part.records());
        if (other != null) {
            ledger.fault(where + ": the second part at its place, under another key");
        }
        Set<String> keys = batch.keysByBucket.computeIfAbsent(part.bucket(), bucket -> new HashSet<>());
        for (String text : records) {
            ChaosRecord record = ledger.take(text, where);
            if (record != null && !keys.add(record.key())) {
                ledger.fault(where + ": " + record.key() + " is in the bucket twice");
            }
        }
        Batch old = batches.get(part.batch() - BATCHES_UNDER_WAY);
        if (old != null) {
            old.keysByBucket.clear();
        }
    }

    /** Batches of which something was received. */
    long batches() {
        return batches.size();
    }

    /** Requests under a key that was seen before. */
    long repeats() {
        return repeats;
    }

    /**
     * Looks for gaps at the end.
     *
     * @param isEverywhere whether the sink was in the settings all the time, so that no batch may be missing
     */
    void requireWhole(boolean isEverywhere) {
        long expected = batches.isEmpty() ? 0 : batches.firstKey();
        if (isEverywhere && expected > 1) {
            ledger.fault("the first batch is " + expected);
        }
        for (Map.Entry<Long, Batch> numbered : batches.entrySet()) {
            if (isEverywhere && numbered.getKey() != expected) {
                ledger.fault("batch " + numbered.getKey() + " follows batch " + (expected - 1));
            }
            expected = numbered.getKey() + 1;
            Batch batch = numbered.getValue();
            String where = "batch " + numbered.getKey();
            if (batch.partsByBucket.size() != batch.buckets) {
                ledger.fault(where + " has " + batch.partsByBucket.size() + " of " + batch.buckets + " buckets");
            }
            batch.partsByBucket.forEach((bucket, parts) -> requireWhole(where + ", bucket " + bucket, parts));
        }
    }

    private void requireWhole(String where, SortedMap<Long, Long> parts) {
        long ordinal = 0;
        for (Map.Entry<Long, Long> part : parts.entrySet()) {
            if (part.getKey() != ordinal) {
                ledger.fault(where + ": record " + ordinal + " is missing, " + part.getKey() + " is the next");
            }
            ordinal = part.getKey() + part.getValue();
        }
    }

    static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
