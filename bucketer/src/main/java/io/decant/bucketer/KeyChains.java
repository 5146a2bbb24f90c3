package io.decant.bucketer;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The buckets of records that have several keys:
 *
 * <pre>
 * bucket(r) = the highest next(key) of its keys; then next(key) = bucket(r) + 1 for each of them
 * </pre>
 *
 * <p>So no bucket holds a key twice, records that share a key keep their order, and there are as few buckets as any
 * arrangement with that order can have: bucket b of a record says that b records must come before it, one after the
 * other (the longest path in the order, as for levels of a schedule). With one key this is how often it came before.
 *
 * <p>The rule is sequential, but a key that comes once constrains nothing. So, in three passes: (1) in parallel, by
 * partition of the hashes ({@link HashPartitions}), forget those that come once and number the others; (2) one after
 * the other, go through the records that have a number left, with a place for each number in place of a table; (3) in
 * parallel, group the records by bucket. What a hash is worth depends on how often it comes and on nothing else, so
 * the result does not depend on threads.
 *
 * <p>Costs 16 bytes off the heap for each key of a record and 4 for each record, beside 8 for each different key that
 * comes more than once, while it runs. Owned by the calling thread.
 */
final class KeyChains implements AutoCloseable {

    private final int slots;
    private final long records;
    private final Ranges ranges;
    private final LongArray hashes;
    /** The hashes of the slots from the second on. */
    private final LongArray others = LongArray.empty();

    private final LongArray partitioned;
    /** From the start of each range on: its records that have a hash which comes again. */
    private final IntArray contendedRecords = IntArray.empty();

    /** How many of them each range has. */
    private final int[] contendedCounts;

    /** By the number of each hash that comes again: in which bucket its next record may be; see {@link ChainTable}. */
    private final LongArray next = LongArray.empty();

    private final HashPartitions partitions;
    private final int threads;
    private final Executor executor;
    private final HottestKeys hottest;

    /**
     * @param hashes of the first slot; becomes the bucket of each record
     * @param partitioned for use meanwhile; afterwards of the length of the batch
     */
    KeyChains(
            int slots,
            long records,
            Ranges ranges,
            LongArray hashes,
            LongArray partitioned,
            int partitionRecords,
            int threads,
            Executor executor) {
        this.slots = slots;
        this.records = records;
        this.ranges = ranges;
        this.hashes = hashes;
        this.partitioned = partitioned;
        this.threads = threads;
        this.executor = executor;
        this.hottest = new HottestKeys(slots);
        this.contendedCounts = new int[ranges.count()];
        requireRoom(slots, records);
        this.partitions = new HashPartitions(records * slots, partitionRecords, ranges.count() * slots);
        others.growTo(records * (slots - 1));
    }

    /** @throws IllegalStateException where a batch has more keys than can be counted */
    static void requireRoom(int slots, long records) {
        if (records * slots > Chunks.RECORDS_MAX) {
            throw new IllegalStateException("a batch of " + records + " records with " + slots
                    + " keys each has more than " + Chunks.RECORDS_MAX
                    + " keys, and cannot be split; lower batch.max-records");
        }
    }

    /** Takes the hashes of a record whose first one was put already. */
    void put(long place, long first, KeyHasher hasher, int range) {
        count(range, 0, first);
        for (int slot = 1; slot < slots; slot++) {
            long hash = hasher.slot(slot);
            Memory.putLong(at(slot, place), hash);
            count(range, slot, hash);
        }
    }

    private void count(int range, int slot, long hash) {
        if (hash != SeveralKeysExtractor.ABSENT) {
            partitions.count(range * slots + slot, hash);
        }
    }

    private long at(int slot, long place) {
        return slot == 0
                ? hashes.address() + place * Long.BYTES
                : others.address() + ((slot - 1) * records + place) * Long.BYTES;
    }

    /** Puts the bucket of each record in place of its first hash, when all are there; how many buckets. */
    int run() {
        partitions.place();
        partitioned.growTo(Math.max(records, partitions.start(partitions.count())));
        inParallel(ranges.count(), () -> this::scatter);
        long[] numbers = new long[partitions.count() + 1];
        inParallel(partitions.count(), () -> new RepeatNumberer(partitions, partitioned, numbers));
        // Those of a partition begin behind all of the partitions before it.
        long before = 0;
        for (int partition = 0; partition <= partitions.count(); partition++) {
            long here = numbers[partition];
            numbers[partition] = before;
            before += here;
        }
        contendedRecords.allocate(records);
        inParallel(ranges.count(), () -> range -> number(range, numbers));
        partitioned.shrinkTo(records);
        int buckets = chain(before);
        close();
        return buckets;
    }

    private void inParallel(int tasks, Supplier<? extends ParallelTasks.Worker> workers) {
        ParallelTasks.run(tasks, threads, executor, workers);
    }

    private void scatter(int range) {
        long to = partitioned.address();
        for (int slot = 0; slot < slots; slot++) {
            int[] places = partitions.placesOf(range * slots + slot);
            long end = at(slot, ranges.keyedEnd()[range]);
            for (long at = at(slot, ranges.firstRecord()[range]); at < end; at += Long.BYTES) {
                long hash = Memory.getLong(at);
                if (hash != SeveralKeysExtractor.ABSENT) {
                    Memory.putLong(to + (long) places[partitions.partition(hash)]++ * Long.BYTES, hash);
                }
            }
        }
    }

    /**
     * Puts the number of each hash in its place, and nothing in place of those that come once.
     *
     * @param before how many numbers there are in all partitions before each
     */
    private void number(int range, long[] before) {
        long from = partitioned.address();
        int[][] places = new int[slots][];
        long[] first = new long[slots];
        for (int slot = 0; slot < slots; slot++) {
            places[slot] = partitions.placesOf(range * slots + slot);
            first[slot] = at(slot, 0);
        }
        int start = ranges.firstRecord()[range];
        int end = ranges.keyedEnd()[range];
        int count = 0;
        for (int record = start; record < end; record++) {
            long any = SeveralKeysExtractor.ABSENT;
            for (int slot = 0; slot < slots; slot++) {
                long at = first[slot] + (long) record * Long.BYTES;
                long hash = Memory.getLong(at);
                if (hash != SeveralKeysExtractor.ABSENT) {
                    int partition = partitions.partition(hash);
                    long number = Memory.getLong(from + (long) places[slot][partition]++ * Long.BYTES);
                    number = number == RepeatNumberer.SINGLE ? SeveralKeysExtractor.ABSENT : before[partition] + number;
                    Memory.putLong(at, number);
                    any |= number;
                }
            }
            if (any != SeveralKeysExtractor.ABSENT) {
                contendedRecords.set((long) start + count, record);
                count++;
            }
        }
        contendedCounts[range] = count;
    }

    /** Counts the hashes of all records; for one segment of a batch. */
    void count(HashCounts counts) {
        for (int slot = 0; slot < slots; slot++) {
            for (long record = 0; record < ranges.keyedEnd()[0]; record++) {
                long hash = Memory.getLong(at(slot, record));
                if (hash != SeveralKeysExtractor.ABSENT) {
                    counts.increment(hash);
                }
            }
        }
    }

    /** The records of one segment that have a hash which comes again. */
    ContendedRecords contended(HashCounts repeated) {
        int end = ranges.keyedEnd()[0];
        byte[] masks = new byte[end];
        int contended = 0;
        int keys = 0;
        for (int record = 0; record < end; record++) {
            for (int slot = 0; slot < slots; slot++) {
                long hash = Memory.getLong(at(slot, record));
                if (hash != SeveralKeysExtractor.ABSENT && repeated.has(hash)) {
                    masks[record] |= (byte) (1 << slot);
                    keys++;
                }
            }
            contended += masks[record] == 0 ? 0 : 1;
        }
        int[] records = new int[contended];
        ByteBuffer bytes = ByteBuffer.allocate(contended + Math.multiplyExact(keys, Long.BYTES));
        int next = 0;
        for (int record = 0; record < end; record++) {
            if (masks[record] != 0) {
                records[next++] = record;
                bytes.put(masks[record]);
                for (int slot = 0; slot < slots; slot++) {
                    if ((masks[record] >>> slot & 1) != 0) {
                        bytes.putLong(Memory.getLong(at(slot, record)));
                    }
                }
            }
        }
        return new ContendedRecords(records, bytes.array());
    }

    /** The buckets of all others are 0, which is what their first hash is by now. */
    private int chain(long numbers) {
        int highest = -1;
        // Numbers count from 1.
        next.growToZeros(numbers + 1);
        Chain chain = new Chain();
        for (int range = 0; range < ranges.count(); range++) {
            int first = ranges.firstRecord()[range];
            highest = Math.max(highest, ranges.keyedEnd()[range] > first ? 0 : -1);
            for (int i = 0; i < contendedCounts[range]; i++) {
                highest = Math.max(highest, chain.next(contendedRecords.get((long) first + i)));
            }
        }
        return highest + 1;
    }

    /** The sequential pass. */
    private final class Chain {

        private final long table = next.address();
        private final long[] found = new long[slots];
        private final int[] of = new int[slots];

        /** The bucket of the next record. */
        int next(int record) {
            int count = 0;
            long bucket = 0;
            for (int slot = 0; slot < slots; slot++) {
                long number = Memory.getLong(at(slot, record));
                if (number != SeveralKeysExtractor.ABSENT) {
                    long at = table + number * Long.BYTES;
                    bucket = Math.max(bucket, ChainTable.next(at));
                    found[count] = at;
                    of[count++] = slot;
                }
            }
            for (int i = 0; i < count; i++) {
                hottest.came(of[i], ChainTable.put(found[i], bucket), record);
            }
            hashes.set(record, bucket);
            return (int) bucket;
        }
    }

    /** Which keys came most often; places of records. */
    HottestKeys hottest() {
        return hottest;
    }

    @Override
    public void close() {
        others.close();
        contendedRecords.close();
        next.close();
    }

    /**
     * Numbers the hashes of a partition that come more than once, from 1, and puts the number in place of each. Owned
     * by one thread, with a table of its own that it uses for one partition after another.
     */
    private static final class RepeatNumberer implements ParallelTasks.Worker {

        /** In place of a hash that comes once. */
        static final long SINGLE = 0;

        private final HashPartitions partitions;
        private final LongArray partitioned;
        private final long[] numbers;
        private final FirstPlaces table;

        /** @param numbers receives, for each partition, how many hashes have one */
        RepeatNumberer(HashPartitions partitions, LongArray partitioned, long[] numbers) {
            this.partitions = partitions;
            this.partitioned = partitioned;
            this.numbers = numbers;
            this.table = new FirstPlaces(partitions.start(partitions.count()) / partitions.count());
        }

        @Override
        public void run(int partition) {
            table.clear();
            long start = partitioned.address() + (long) partitions.start(partition) * Long.BYTES;
            long end = partitioned.address() + (long) partitions.start(partition + 1) * Long.BYTES;
            long count = 0;
            for (long at = start; at < end; at += Long.BYTES) {
                long value = table.put(Memory.getLong(at), at);
                if (value == FirstPlaces.NEW) {
                    Memory.putLong(at, SINGLE);
                } else if (FirstPlaces.isPlace(value)) {
                    count++;
                    Memory.putLong(value, count);
                    Memory.putLong(at, count);
                    table.number(count);
                } else {
                    Memory.putLong(at, FirstPlaces.numberOf(value));
                }
            }
            numbers[partition] = count;
        }

        @Override
        public void close() {
            table.close();
        }
    }

    /** For each hash where it came first or, once it came again, its number. */
    private static final class FirstPlaces extends HashTable {

        static final long NEW = 0;
        private long last;

        FirstPlaces(long hashes) {
            super(hashes);
        }

        @Override
        boolean isFilled(long value) {
            return value != NEW;
        }

        /** What is known of a hash; where that is nothing, that it came at {@code place}, which is positive. */
        long put(long hash, long place) {
            long slot = slot(hash);
            while (true) {
                long at = address + slot * SLOT_BYTES;
                long value = Memory.getLong(at + VALUE_OFFSET);
                if (value == NEW) {
                    fill(at, hash, place);
                    filled();
                    return NEW;
                }
                if (Memory.getLong(at) == hash) {
                    last = at;
                    return value;
                }
                slot = (slot + 1) & mask;
            }
        }

        /** Gives the hash that was found last a number from 1. */
        void number(long number) {
            Memory.putLong(last + VALUE_OFFSET, -number);
        }

        static boolean isPlace(long value) {
            return value > 0;
        }

        static long numberOf(long value) {
            return -value;
        }

        void clear() {
            Memory.zero(address, bytes());
            emptied();
        }
    }
}
