package io.decant.bucketer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the buckets of a batch in segments whose records have several keys, segment by segment: the sequential pass of
 * {@link KeyChains}, for which only hashes are brought together. Records that are not in {@link ContendedRecords} are
 * in bucket 0. Off the heap, up to 48 bytes for each key that comes more than once. Owned by one thread.
 */
public final class ChainedBuckets implements AutoCloseable {

    private final KeyHasher names;
    private final ChainTable table;
    private final HottestKeys hottest;
    private final long[] found;
    private final int[] slots;
    private long[] sizes = new long[16];
    private int buckets;

    /** @param keys how many different ones come more than once */
    public ChainedBuckets(Keying keying, long keys) {
        this.names = keying.newHasher();
        this.hottest = new HottestKeys(names.slots());
        this.found = new long[names.slots()];
        this.slots = new int[names.slots()];
        this.table = new ChainTable(keys);
    }

    /** The bucket of each record of the next segment. */
    public int[] next(int segment, ContendedRecords contended) {
        int[] chosen = new int[contended.records().length];
        ByteBuffer keys = ByteBuffer.wrap(contended.keys());
        for (int i = 0; i < chosen.length; i++) {
            int mask = Byte.toUnsignedInt(keys.get());
            int count = 0;
            long bucket = 0;
            for (int slot = 0; mask >>> slot != 0; slot++) {
                if ((mask >>> slot & 1) != 0) {
                    found[count] = table.find(keys.getLong());
                    bucket = Math.max(bucket, ChainTable.next(found[count]));
                    slots[count++] = slot;
                }
            }
            for (int key = 0; key < count; key++) {
                long place = (long) segment << Integer.SIZE | contended.records()[i];
                hottest.came(slots[key], ChainTable.put(found[key], bucket), place);
            }
            chosen[i] = (int) bucket;
            count((int) bucket);
        }
        return chosen;
    }

    private void count(int bucket) {
        if (bucket == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * sizes.length);
        }
        sizes[bucket]++;
        buckets = Math.max(buckets, bucket + 1);
    }

    /** How many of the records so far are in each bucket. */
    public long[] sizes() {
        return Arrays.copyOf(sizes, buckets);
    }

    /** Of each key the most frequent one that came more than once, by name. */
    public List<HotOrdinal> hottest() {
        return hottest.byName(
                names::name,
                (name, place, count) -> new HotOrdinal(name, (int) (place >>> Integer.SIZE), (int) place, count));
    }

    @Override
    public void close() {
        table.close();
    }
}
