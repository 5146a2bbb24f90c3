package io.decant.loadtest.powercut;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.decant.harness.ReceivedPart;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that was ever delivered, over all lives of the server, and everything about it that breaks a promise: a key that
 * comes again with another content, a record that was never sent, a record under two keys, a key of a bucket twice, an
 * order that is not the sender's, a batch that is missing.
 *
 * <p>Not thread-safe.
 */
final class PowerCutLedger {

    private static final int VIOLATIONS_MAX = 100;

    /** A part without its body. */
    private record Entry(ReceivedPart said, String digest) {}

    /** What is known of one batch. */
    private static final class Batch {
        private final int buckets;
        private final Map<Integer, TreeMap<Long, Long>> partsByBucket = new HashMap<>();
        private final Map<Integer, Set<String>> keysByBucket = new HashMap<>();

        private Batch(int buckets) {
            this.buckets = buckets;
        }

        private boolean isWhole() {
            return partsByBucket.size() == buckets;
        }
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private final TreeMap<Long, Batch> batches = new TreeMap<>();
    private final BitSet[] delivered = new BitSet[Workload.SESSIONS];
    private final Map<String, Long> lastOrdinals = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long repeats;

    PowerCutLedger() {
        for (int session = 0; session < delivered.length; session++) {
            delivered[session] = new BitSet();
        }
    }

    /** Records a part as received. */
    void take(PowerCutPart part) {
        Entry entry = new Entry(part.said(), digest(part.body()));
        Entry before = entries.putIfAbsent(part.said().key(), entry);
        if (before == null) {
            takeFirst(part);
        } else {
            repeats++;
            if (!before.equals(entry)) {
                violated(part.said().key() + " came again as another: " + before + ", then " + entry);
            }
        }
    }

    private void takeFirst(PowerCutPart whole) {
        List<String> records = whole.lines();
        ReceivedPart part = whole.said();
        if (records.size() != part.records()) {
            violated(part.key() + " announces " + part.records() + " records and holds " + records.size());
        }
        Batch batch = batches.computeIfAbsent(part.batch(), number -> new Batch(part.buckets()));
        if (batch.buckets != part.buckets() || part.bucket() >= part.buckets()) {
            violated(part.key() + ": bucket " + part.bucket() + " of " + part.buckets() + " in a batch of "
                    + batch.buckets);
        }
        Long other = batch.partsByBucket
                .computeIfAbsent(part.bucket(), bucket -> new TreeMap<>())
                .put(part.first(), part.records());
        if (other != null) {
            violated(part.key() + " is the second part at its place");
        }
        Set<String> keys = batch.keysByBucket.computeIfAbsent(part.bucket(), bucket -> new HashSet<>());
        for (String record : records) {
            take(part, record, keys);
        }
    }

    private void take(ReceivedPart part, String record, Set<String> keysOfBucket) {
        Workload.Sent sent = Workload.recognize(record);
        if (sent == null) {
            violated(part.key() + " holds a record that was never sent: " + record);
            return;
        }
        String key = Workload.key(record);
        if (!keysOfBucket.add(key)) {
            violated(part.key() + ": key " + key + " is in the bucket twice");
        }
        BitSet ofSession = delivered[sent.session()];
        int ordinal = Math.toIntExact(sent.ordinal());
        if (ofSession.get(ordinal)) {
            violated(part.key() + " holds a record that came under another key before: " + record);
        }
        ofSession.set(ordinal);
        Long before = lastOrdinals.put(key + "," + sent.session(), sent.ordinal());
        if (before != null && before >= sent.ordinal()) {
            violated(part.key() + ": record " + sent.ordinal() + " of session " + sent.session() + " and key " + key
                    + " after record " + before);
        }
    }

    /** Records of a session that were delivered; at most {@code Integer.MAX_VALUE}. */
    BitSet delivered(int session) {
        return delivered[session];
    }

    long batches() {
        return batches.isEmpty() ? 0 : batches.lastKey();
    }

    /** Requests under a key seen before. */
    long repeats() {
        return repeats;
    }

    /** What has been wrong so far. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /**
     * What is missing if nothing more is to come for now. The keys of the buckets are forgotten: a part that came later
     * to one of these batches would be told by its place.
     */
    List<String> gaps() {
        List<String> gaps = new ArrayList<>();
        long expected = 0;
        for (Map.Entry<Long, Batch> numbered : batches.entrySet()) {
            long number = numbered.getKey();
            if (number != ++expected) {
                gaps.add("batch " + number + " follows " + (expected - 1));
                expected = number;
            }
            Batch batch = numbered.getValue();
            if (!batch.isWhole()) {
                gaps.add(
                        "batch " + number + " has " + batch.partsByBucket.size() + " of " + batch.buckets + " buckets");
            }
            batch.keysByBucket.clear();
            batch.partsByBucket.forEach((bucket, parts) -> {
                long ordinal = 0;
                for (Map.Entry<Long, Long> part : parts.entrySet()) {
                    if (part.getKey() != ordinal) {
                        gaps.add("batch " + number + ", bucket " + bucket + ": record " + ordinal + " is missing, "
                                + part.getKey() + " is the next");
                    }
                    ordinal = part.getKey() + part.getValue();
                }
            });
        }
        return gaps;
    }

    private void violated(String what) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add(what);
        }
    }

    private static String digest(String body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * What one request carried.
     *
     * @param said by its headers
     * @param body read as ISO 8859-1, so that every byte is a character
     */
    record PowerCutPart(ReceivedPart said, String body) {

        /** The records, of which each must end in a newline; what stands behind the last newline counts as one more. */
        List<String> lines() {
            List<String> lines = Arrays.asList(body.split("\n", -1));
            int last = lines.size() - 1;
            return lines.get(last).isEmpty() ? lines.subList(0, last) : lines;
        }
    }
}
