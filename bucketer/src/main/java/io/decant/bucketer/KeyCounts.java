package io.decant.bucketer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * How often each key of a batch occurs: the number of buckets that contain it. The keys stand in the order of their
 * first arrival, which is that of the first bucket.
 *
 * <p>Keys are told apart by the bytes that they are compared by, and the first spelling is shown. Of two keys with one
 * hash, which the bucket rule takes for one, the first bucket has the first alone: the others stand behind all its
 * keys, by bucket and ordinal of their first occurrence. So the order depends on the buckets alone, wherever they were
 * made.
 *
 * <p>Counting goes over all records once, or, where the keys that occur more than once do not fit into
 * {@value #TABLE_BYTES_MAX} bytes, once for each of as many ranges of hashes as they do fit into. What stays is a byte
 * a key, and some more for one that occurs 256 times or more.
 *
 * <p>Owned by one thread.
 */
public final class KeyCounts implements AutoCloseable {

    /** Memory for the keys that occur more than once, and are counted at a time; one key may be larger. */
    static final long TABLE_BYTES_MAX = 128L << 20;

    private static final int FIRST_BUCKET = 0;

    /** A key that the first bucket does not have, for it has another one with its hash. */
    private record Collided(int bucket, long ordinal, long count) {}

    private final Buckets buckets;
    private final RecordKey key;
    private final long tableBytesMax;
    private final SmallCounts counts;
    private final List<Collided> collided = new ArrayList<>();
    private HashRange range = HashRange.ALL;
    private KeyTable table;
    private int bucket;
    private long ordinal;
    private boolean counted;

    /** @param keying by which these buckets were made */
    public KeyCounts(Buckets buckets, Keying keying) {
        this(buckets, keying.newHasher(), TABLE_BYTES_MAX);
    }

    KeyCounts(Buckets buckets, KeyHasher hasher, long tableBytesMax) {
        this.buckets = buckets;
        this.key = new RecordKey(buckets, hasher);
        this.tableBytesMax = tableBytesMax;
        int most = buckets.buckets();
        this.counts = new SmallCounts(most == 0 ? 0 : buckets.records(FIRST_BUCKET));
        this.counted = most <= 1;
        if (!counted) {
            try {
                begin(HashRange.ALL);
            } catch (Throwable e) {
                counts.close();
                throw e;
            }
        }
    }

    private void begin(HashRange next) {
        range = next;
        if (table != null) {
            table.close();
            table = null;
        }
        table = new KeyTable(1);
        bucket = FIRST_BUCKET + 1;
        ordinal = 0;
    }

    /**
     * Looks at about so many records more. Where records cannot be read, it throws what the buckets throw, and may be
     * called again.
     *
     * @return whether all is counted
     */
    public boolean count(long recordsMax) {
        for (long left = recordsMax; left > 0 && !counted; left--) {
            if (ordinal == buckets.records(bucket)) {
                next();
            } else {
                look();
                ordinal++;
            }
        }
        return counted;
    }

    /** From the second bucket to the last, then the first, then the next range of hashes. */
    private void next() {
        ordinal = 0;
        if (bucket != FIRST_BUCKET) {
            bucket = bucket + 1 == buckets.buckets() ? FIRST_BUCKET : bucket + 1;
            return;
        }
        table.notFound((of, at, count) -> collided.add(new Collided(of, at, count)));
        // A range in which one key is huge is narrow; what follows need not be.
        HashRange next = table.heldBytes() <= tableBytesMax / 2 ? range.nextWider() : range.next();
        if (next.isEmpty()) {
            counted = true;
            collided.sort(Comparator.comparingInt(Collided::bucket).thenComparingLong(Collided::ordinal));
            table.close();
            table = null;
        } else {
            begin(next);
        }
    }

    private void look() {
        key.turnTo(bucket, ordinal);
        long hash = key.hash();
        if (!range.has(hash)) {
            return;
        }
        if (bucket == FIRST_BUCKET) {
            long more = table.find(key, hash);
            if (more != KeyTable.ABSENT) {
                counts.set(ordinal, 1 + more);
            }
            return;
        }
        table.add(key, hash, bucket, ordinal);
        if (table.heldBytes() > tableBytesMax
                && table.size() > 1
                && !range.lowerHalf().isEmpty()) {
            begin(range.lowerHalf());
            // The caller steps behind the record that it has looked at.
            ordinal = -1;
        }
    }

    /** How many different keys, once all is counted. */
    public long keys() {
        requireCounted();
        return counts.length() + collided.size();
    }

    /** How often a key occurs at most: as many buckets as there are. */
    long most() {
        return buckets.buckets();
    }

    /** How often the key occurs that is number {@code index}. */
    public long countOf(long index) {
        Objects.checkIndex(index, keys());
        return index < counts.length() ? counts.get(index) : collidedAt(index).count();
    }

    /** Turns to the key of number {@code index}, which is there until the next call. */
    public RecordKey keyOf(long index) {
        Objects.checkIndex(index, keys());
        if (index < counts.length()) {
            key.turnTo(FIRST_BUCKET, index);
        } else {
            key.turnTo(collidedAt(index).bucket(), collidedAt(index).ordinal());
        }
        return key;
    }

    private Collided collidedAt(long index) {
        return collided.get((int) (index - counts.length()));
    }

    private void requireCounted() {
        if (!counted) {
            throw new IllegalStateException("not counted yet");
        }
    }

    /** Frees what this holds; the buckets stay open. Again: nothing. */
    @Override
    public void close() {
        key.close();
        counts.close();
        if (table != null) {
            table.close();
            table = null;
        }
    }
}
