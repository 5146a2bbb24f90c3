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

    /** In place of the number of a hash that is missing, or comes once. */
    private static final int NO_NUMBER = 0;
    /** Records of the sequential pass whose keys are looked up at once. */
    private static final int LOOKED_AHEAD = 32;

    private final int slots;
    private final long records;
    private final Ranges ranges;
    private final LongArray hashes;
    /**
     * The hashes of the slots from the second on, record by record; afterwards, from the start of each range on, the
     * numbers of the hashes of its {@link #contendedRecords} in order, an int for each slot: no more than there was.
     */
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
    private long sequentialNanos;

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
                : others.address() + (place * (slots - 1) + slot - 1) * Long.BYTES;
    }

    /** How far the hash of a slot is from that of the next record. */
    private long stepOf(int slot) {
        return slot == 0 ? Long.BYTES : (long) (slots - 1) * Long.BYTES;
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
        long start = System.nanoTime();
        int buckets = chain(before);
        sequentialNanos = System.nanoTime() - start;
        close();
        return buckets;
    }

    private void inParallel(int tasks, Supplier<? extends ParallelTasks.Worker> workers) {
        ParallelTasks.run(tasks, threads, executor, workers);
    }

    /** One slot after the other: the partitions of all would be too many streams at once. */
    private void scatter(int range) {
        long to = partitioned.address();
        for (int slot = 0; slot < slots; slot++) {
            int[] places = partitions.placesOf(range * slots + slot);
            long step = stepOf(slot);
            long end = at(slot, ranges.keyedEnd()[range]);
            for (long at = at(slot, ranges.firstRecord()[range]); at < end; at += step) {
                long hash = Memory.getLong(at);
                if (hash != SeveralKeysExtractor.ABSENT) {
                    Memory.putLong(to + (long) places[partitions.partition(hash)]++ * Long.BYTES, hash);
                }
            }
        }
    }

    private void number(int range, long[] before) {
        for (int slot = 0; slot < slots; slot++) {
            number(range, slot, before);
        }
        noteContended(range);
    }

    /**
     * Puts the number of each hash of a slot in its place, and nothing in place of those that come once.
     *
     * @param before how many numbers there are in all partitions before each
     */
    private void number(int range, int slot, long[] before) {
        long from = partitioned.address();
        int[] places = partitions.placesOf(range * slots + slot);
        long step = stepOf(slot);
        long end = at(slot, ranges.keyedEnd()[range]);
        for (long at = at(slot, ranges.firstRecord()[range]); at < end; at += step) {
            long hash = Memory.getLong(at);
            if (hash != SeveralKeysExtractor.ABSENT) {
                int partition = partitions.partition(hash);
                long number = Memory.getLong(from + (long) places[partition]++ * Long.BYTES);
                Memory.putLong(at, number == RepeatNumberer.SINGLE ? NO_NUMBER : before[partition] + number);
            }
        }
    }

    /**
     * Notes the records that have a number, with their numbers, and takes all for records of bucket 0. What is noted of
     * a record lies nowhere behind its own numbers, which have been read by then.
     */
    private void noteContended(int range) {
        int end = ranges.keyedEnd()[range];
        int[] numbers = new int[slots];
        long place = ranges.firstRecord()[range];
        for (int record = ranges.firstRecord()[range]; record < end; record++) {
            int any = NO_NUMBER;
            for (int slot = 0; slot < slots; slot++) {
                numbers[slot] = (int) Memory.getLong(at(slot, record));
                any |= numbers[slot];
            }
            hashes.set(record, 0);
            if (any != NO_NUMBER) {
                contendedRecords.set(place, record);
                long to = numbersAt(place);
                for (int slot = 0; slot < slots; slot++) {
                    Memory.putInt(to + (long) slot * Integer.BYTES, numbers[slot]);
                }
                place++;
            }
        }
        contendedCounts[range] = (int) (place - ranges.firstRecord()[range]);
    }

    /** Where the numbers of a contended record are noted. */
    private long numbersAt(long place) {
        return others.address() + place * (slots - 1) * Long.BYTES;
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

    /** The buckets of all others are 0. */
    private int chain(long numbers) {
        int highest = -1;
        // Numbers count from 1.
        next.growToZeros(numbers + 1);
        Chain chain = new Chain();
        for (int range = 0; range < ranges.count(); range++) {
            int first = ranges.firstRecord()[range];
            highest = Math.max(highest, ranges.keyedEnd()[range] > first ? 0 : -1);
            long end = (long) first + contendedCounts[range];
            for (long place = first; place < end; place++) {
                if ((place - first) % LOOKED_AHEAD == 0) {
                    chain.lookAhead(place, Math.min(end, place + LOOKED_AHEAD));
                }
                highest = Math.max(highest, chain.next(place));
            }
        }
        return highest + 1;
    }

    /** The sequential pass. */
    private final class Chain {

        private final long table = next.address();
        private final long[] found = new long[slots];
        private final int[] of = new int[slots];
        /** Of no use but that what it is made of must be read. */
        @SuppressWarnings("UnusedVariable")
        private long seen;

        /**
         * Reads what {@link #next} needs of some records, of which none has to wait for another: places of the table
         * that are in no cache are fetched at the same time.
         */
        void lookAhead(long from, long to) {
            long at = numbersAt(from);
            long step = (long) (slots - 1) * Long.BYTES;
            for (long place = from; place < to; place++, at += step) {
                for (int slot = 0; slot < slots; slot++) {
                    seen += Memory.getLong(table + (long) Memory.getInt(at + (long) slot * Integer.BYTES) * Long.BYTES);
                }
            }
        }

        /** The bucket of the next record. */
        int next(long place) {
            long numbers = numbersAt(place);
            int record = contendedRecords.get(place);
            int count = 0;
            long bucket = 0;
            for (int slot = 0; slot < slots; slot++) {
                int number = Memory.getInt(numbers + (long) slot * Integer.BYTES);
                if (number != NO_NUMBER) {
                    long at = table + (long) number * Long.BYTES;
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

    /** What the sequential pass took. */
    long sequentialNanos() {
        return sequentialNanos;
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
