package io.decant.loadtest.receive;

import io.decant.harness.ReceivedPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the heads of requests say, kept count of: how many records came, when each batch was whole, and whether anything
 * is missing or too much in the numbering of batches, buckets and ordinals. It does not see the records.
 *
 * <p>Owned by the receiver's thread, but for {@link #records()}, {@link #pace} and {@link #violations()}.
 */
public final class DeliveryLedger {

    /** One is enough to fail. */
    private static final int VIOLATIONS_MAX = 10;

    private static final double NANOS_PER_SECOND = 1e9;

    /** When all before a batch had come, and how many records that was. */
    private record Boundary(long nanos, long records) {}

    private final List<Boundary> boundaries = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<Long, Long> parts = new TreeMap<>();
    private ReceivedPart last;
    private long bodyBytes;
    private volatile long records;
    private volatile long redeliveries;

    /**
     * A request was answered.
     *
     * @param bytes of its body
     */
    synchronized void take(ReceivedPart part, long bytes, long nowNanos) {
        if (last == null || part.batch() != last.batch() || part.bucket() != last.bucket()) {
            turnTo(part, nowNanos);
        }
        last = part;
        Long before = parts.putIfAbsent(part.first(), part.records());
        if (before == null) {
            records = records + part.records();
            bodyBytes += bytes;
        } else if (before == part.records()) {
            redeliveries = redeliveries + 1;
        } else {
            violated(part.where() + ": came with " + before + " records, and again with " + part.records());
        }
    }

    private void turnTo(ReceivedPart part, long nowNanos) {
        closeBucket();
        boolean nextBucket = last != null && part.batch() == last.batch() && part.bucket() == last.bucket() + 1;
        boolean nextBatch = (last == null || part.batch() == last.batch() + 1) && part.bucket() == 0;
        if (!nextBucket && !nextBatch) {
            violated(part.where() + ": follows " + (last == null ? "nothing" : last.where()));
        }
        if (nextBatch) {
            if (last != null && last.bucket() != last.buckets() - 1) {
                violated("batch " + last.batch() + ": ended with bucket " + last.bucket() + " of " + last.buckets());
            }
            boundaries.add(new Boundary(nowNanos, records));
        }
    }

    private void closeBucket() {
        long expected = 0;
        for (Map.Entry<Long, Long> part : parts.entrySet()) {
            if (part.getKey() != expected) {
                violated(last.where() + ": record " + expected + " of its bucket is missing, " + part.getKey()
                        + " is the next");
            }
            expected = part.getKey() + part.getValue();
        }
        parts.clear();
    }

    /** A request that is none of Decant's. */
    synchronized void refused(String why) {
        violated(why);
    }

    private void violated(String what) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add(what);
        }
    }

    /** How many records came, each once. */
    public long records() {
        return records;
    }

    /** How many requests came again. */
    public long redeliveries() {
        return redeliveries;
    }

    /** Bytes of the bodies, each once. */
    public synchronized long bodyBytes() {
        return bodyBytes;
    }

    /** What was wrong, the first few. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /**
     * Records a second between two moments, from the first batch that was whole after the one to the last that was
     * before the other: windows bring whole batches, so anything else would count a part of one for a whole, or for
     * nothing.
     *
     * @return 0 where there are no two such batches
     */
    public synchronized double pace(long fromNanos, long toNanos) {
        List<Boundary> within = boundaries.stream()
                .filter(boundary -> boundary.nanos - fromNanos >= 0 && toNanos - boundary.nanos >= 0)
                .toList();
        if (within.size() < 2) {
            return 0;
        }
        Boundary first = within.get(0);
        Boundary end = within.get(within.size() - 1);
        return (end.records - first.records) * NANOS_PER_SECOND / (end.nanos - first.nanos);
    }
}
