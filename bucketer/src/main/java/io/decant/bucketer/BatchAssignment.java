package io.decant.bucketer;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One run of a {@link BucketAssigner}, in five passes. Each is parallel, and each reads and writes memory in order,
 * except that the second and fourth go to as many streams as there are partitions, and the last to as many as there are
 * buckets:
 *
 * <ol>
 *   <li>scan: find the records, hash their keys, count hashes per partition ({@link RecordScanner});
 *   <li>scatter: copy the hashes to their partitions ({@link HashPartitions});
 *   <li>count: within each partition, put in place of each hash how often it came before: its bucket
 *       ({@link HashCounts});
 *   <li>gather: bring the buckets back into order of arrival, and count records per bucket ({@link BucketGrouping});
 *   <li>group: put the references of the records in order of bucket, then arrival.
 * </ol>
 *
 * <p>Where records without a key are left out, a range's places are fewer than its records ({@link KeyedScanner}), and
 * the passes after the first go as far as {@link Ranges#keyedEnd}.
 *
 * <p>Costs 24 bytes a record off the heap, and 8 to 16 a bucket, while it runs; 8 and 8 stay, and 4 a record for
 * arrivals. Owned by the calling thread.
 */
final class BatchAssignment implements AutoCloseable {

    private final Chunks chunks;
    private final int threads;
    private final Executor executor;
    private final BooleanSupplier stopped;
    private final long records;
    private final Ranges ranges;
    /** Null where records stay as they are. */
    private final OutputPlaces places;

    private final LongArray refs;
    private final LongArray hashes;
    private final LongArray partitioned = LongArray.empty();
    private final LongArray starts = LongArray.empty();
    private final LongArray keyless = LongArray.empty();
    private final IntArray arrivals = IntArray.empty();
    private final int partitionRecords;
    /** Null where a record has several keys. */
    private HashPartitions partitions;
    /** Null where a record has one key. */
    private KeyChains chains;

    BatchAssignment(
            Chunks chunks, int partitionRecords, int ranges, int threads, Executor executor, BooleanSupplier stopped) {
        this.chunks = chunks;
        this.partitionRecords = partitionRecords;
        this.ranges = Ranges.of(chunks, ranges);
        this.threads = threads;
        this.executor = executor;
        this.stopped = stopped;
        this.records = chunks.records();
        this.places = null;
        this.refs = LongArray.empty();
        this.hashes = LongArray.empty();
    }

    /** For records that go through transforms. Takes the places over. */
    BatchAssignment(
            Chunks chunks,
            OutputPlaces places,
            int partitionRecords,
            int threads,
            Executor executor,
            BooleanSupplier stopped) {
        this.chunks = chunks;
        this.partitionRecords = partitionRecords;
        this.ranges = places.ranges();
        this.threads = threads;
        this.executor = executor;
        this.stopped = stopped;
        this.records = places.places();
        this.places = places;
        this.refs = places.refs();
        this.hashes = places.hashes();
    }

    Assignment run(Supplier<KeyHasher> hashers, boolean keylessOut, boolean keepArrivals) {
        refs.growTo(records);
        hashes.growTo(records);
        KeyHasher first = hashers.get();
        begin(first.slots());
        Hashers ofThreads = new Hashers(hashers, first);
        inParallel(ranges.count(), () -> scanner(ofThreads.get(), keylessOut).into(chains));
        int buckets = findBuckets();
        try (BucketGrouping grouping = new BucketGrouping(records, buckets, ranges.count())) {
            inParallel(grouping.groups(), () -> group -> countBuckets(group, grouping));
            grouping.place(starts);
            List<HotKey> hottest = hottest(first);
            long keyed = starts.get(buckets);
            arrivals.allocate(keepArrivals ? keyed : 0);
            inParallel(grouping.groups(), () -> group -> group(group, grouping, keepArrivals));
            collectKeyless(records - keyed);
            return new Assignment(
                    partitioned.detach(),
                    starts.detach(),
                    buckets,
                    keyless.detach(),
                    arrivals.detach(),
                    chunks.hasFrames(),
                    hashers,
                    first.isBesideValue(),
                    chains != null,
                    hottest,
                    chains == null ? 0 : chains.sequentialNanos());
        }
    }

    private void begin(int slots) {
        if (slots > 1) {
            chains = new KeyChains(slots, records, ranges, hashes, partitioned, partitionRecords, threads, executor);
        } else {
            partitions = new HashPartitions(records, partitionRecords, ranges.count());
        }
    }

    /** From here on {@code hashes} holds buckets, but where there is one key: then they are in the partitions yet. */
    private int findBuckets() {
        if (chains != null) {
            return chains.run();
        }
        partitions.place();
        partitioned.growTo(records);
        inParallel(ranges.count(), () -> this::scatter);
        return countOccurrences();
    }

    private void countBuckets(int group, BucketGrouping grouping) {
        if (chains == null) {
            gather(group, grouping);
            return;
        }
        long counts = grouping.placesOf(group);
        for (int range = grouping.firstRange(group); range < grouping.firstRange(group + 1); range++) {
            for (long record = ranges.firstRecord()[range]; record < ranges.keyedEnd()[range]; record++) {
                long count = counts + hashes.get(record) * Long.BYTES;
                Memory.putLong(count, Memory.getLong(count) + 1);
            }
        }
    }

    /** Of several keys; empty where there is one, which can be read off the buckets. */
    private List<HotKey> hottest(KeyHasher names) {
        return chains == null
                ? List.of()
                : chains.hottest()
                        .byName(
                                names::name,
                                (name, record, count) -> new HotKey(
                                        name,
                                        RecordRef.valueAddress(refs.get(record)),
                                        RecordRef.length(refs.get(record)),
                                        count));
    }

    /** The same where records go through transforms, and what they become is what is split. */
    InMemoryOutputs runTransformed(Supplier<KeyHasher> hashers, boolean keylessOut, List<Transform> transforms) {
        KeyHasher first = hashers.get();
        begin(first.slots());
        Hashers ofThreads = new Hashers(hashers, first);
        inParallel(ranges.count(), () -> new TransformingScanner(
                        chunks, places, partitions, transforms, ofThreads.get(), keylessOut, stopped)
                .into(chains));
        int buckets = findBuckets();
        try (BucketGrouping grouping = new BucketGrouping(records, buckets, ranges.count())) {
            inParallel(grouping.groups(), () -> group -> countBuckets(group, grouping));
            List<HotPlace> hottest = hottestPlaces(first);
            grouping.place(starts);
            partitioned.close();
            OutputTable outputs = OutputTable.ofLength(starts.get(buckets));
            try {
                inParallel(grouping.groups(), () -> group -> groupOutputs(group, grouping, outputs));
                if (places.memory().ranOut()) {
                    outputs.noteRebuilt();
                }
                return new InMemoryOutputs(outputs, starts.detach(), buckets, keylessOutputs(), hottest);
            } catch (Throwable e) {
                outputs.close();
                throw e;
            }
        }
    }

    /**
     * The same for transforms that do nothing but leave records out: what is split is the records, and takes as long.
     */
    InMemoryOutputs runFiltered(
            Supplier<KeyHasher> hashers, boolean keylessOut, List<Transform> transforms, TransformTally tally) {
        refs.growTo(records);
        hashes.growTo(records);
        KeyHasher first = hashers.get();
        begin(first.slots());
        Hashers ofThreads = new Hashers(hashers, first);
        inParallel(ranges.count(), () -> new FilteringScanner(
                        chunks,
                        ranges,
                        refs,
                        hashes,
                        partitions,
                        transforms,
                        tally,
                        ofThreads.get(),
                        keylessOut,
                        stopped)
                .into(chains));
        int buckets = findBuckets();
        try (BucketGrouping grouping = new BucketGrouping(records, buckets, ranges.count())) {
            inParallel(grouping.groups(), () -> group -> countBuckets(group, grouping));
            List<HotPlace> hottest = hottestPlaces(first);
            grouping.place(starts);
            long kept = starts.get(buckets);
            arrivals.allocate(kept);
            inParallel(grouping.groups(), () -> group -> group(group, grouping, true));
            return new InMemoryOutputs(
                    OutputTable.ofRecords(partitioned.detach(), arrivals.detach(), kept),
                    starts.detach(),
                    buckets,
                    keylessRecords(),
                    hottest);
        }
    }

    private List<HotPlace> hottestPlaces(KeyHasher names) {
        return chains == null
                ? List.of()
                : chains.hottest()
                        .byName(
                                names::name,
                                (name, record, count) -> new HotPlace(
                                        name,
                                        refs.get(record),
                                        places == null ? OutputTag.NONE : places.tag(record),
                                        count));
    }

    /** Of those that a filter leaves, and that have no key. */
    private OutputTable keylessRecords() {
        long count = 0;
        for (int range = 0; range < ranges.count(); range++) {
            for (int at = ranges.firstRecord()[range + 1] - 1; at >= ranges.keyedEnd()[range]; at--) {
                count += refs.get(at) == FilteringScanner.NOT_THERE ? 0 : 1;
            }
        }
        OutputTable keylessOnes = OutputTable.ofLength(count);
        long found = 0;
        for (int range = 0; range < ranges.count(); range++) {
            for (int at = ranges.firstRecord()[range + 1] - 1; at >= ranges.keyedEnd()[range]; at--) {
                if (refs.get(at) != FilteringScanner.NOT_THERE) {
                    keylessOnes.set(found++, refs.get(at), OutputTable.meta(OutputTag.NONE, (int) hashes.get(at)));
                }
            }
        }
        return keylessOnes;
    }

    private void groupOutputs(int group, BucketGrouping grouping, OutputTable outputs) {
        long next = grouping.placesOf(group);
        for (int range = grouping.firstRange(group); range < grouping.firstRange(group + 1); range++) {
            int end = ranges.keyedEnd()[range];
            for (int output = ranges.firstRecord()[range]; output < end; output++) {
                long place = next + hashes.get(output) * Long.BYTES;
                long index = Memory.getLong(place);
                Memory.putLong(place, index + 1);
                outputs.set(index, refs.get(output), places.metas().get(output));
            }
        }
    }

    private OutputTable keylessOutputs() {
        OutputTable outputs = OutputTable.ofLength(places.keyless());
        long found = 0;
        for (int range = 0; range < ranges.count(); range++) {
            for (int at = ranges.firstRecord()[range + 1] - 1; at >= places.keylessFrom()[range]; at--) {
                outputs.set(found++, refs.get(at), places.metas().get(at));
            }
        }
        return outputs;
    }

    private RecordScanner scanner(KeyHasher hasher, boolean keylessOut) {
        return keylessOut
                ? new KeyedScanner(chunks, ranges, refs, hashes, partitions, hasher, stopped)
                : new RecordScanner(chunks, ranges, refs, hashes, partitions, hasher, stopped);
    }

    private void inParallel(int tasks, Supplier<? extends ParallelTasks.Worker> workers) {
        ParallelTasks.run(tasks, threads, executor, workers);
    }

    private void scatter(int range) {
        int[] places = partitions.placesOf(range);
        long from = hashes.address();
        long to = partitioned.address();
        for (long record = ranges.firstRecord()[range]; record < ranges.keyedEnd()[range]; record++) {
            long hash = Memory.getLong(from + record * Long.BYTES);
            Memory.putLong(to + (long) places[partitions.partition(hash)]++ * Long.BYTES, hash);
        }
    }

    private int countOccurrences() {
        int[] buckets = new int[partitions.count()];
        inParallel(partitions.count(), () -> new PartitionCounter(partitions, partitioned, buckets));
        return Arrays.stream(buckets).max().orElse(0);
    }

    private void gather(int group, BucketGrouping grouping) {
        for (int range = grouping.firstRange(group); range < grouping.firstRange(group + 1); range++) {
            gatherRange(range, grouping.placesOf(group));
        }
    }

    /** From here on {@code hashes} holds buckets. */
    private void gatherRange(int range, long counts) {
        int[] places = partitions.placesOf(range);
        long from = partitioned.address();
        long to = hashes.address();
        for (long record = ranges.firstRecord()[range]; record < ranges.keyedEnd()[range]; record++) {
            long at = to + record * Long.BYTES;
            long bucket = Memory.getLong(from + (long) places[partitions.partition(Memory.getLong(at))]++ * Long.BYTES);
            Memory.putLong(at, bucket);
            long count = counts + bucket * Long.BYTES;
            Memory.putLong(count, Memory.getLong(count) + 1);
        }
    }

    /** From here on {@code partitioned}, which has been read to its end, holds the references by bucket. */
    private void group(int group, BucketGrouping grouping, boolean keepArrivals) {
        for (int range = grouping.firstRange(group); range < grouping.firstRange(group + 1); range++) {
            if (keepArrivals) {
                groupRangeWithArrivals(range, grouping.placesOf(group));
            } else {
                groupRange(range, grouping.placesOf(group));
            }
        }
    }

    private void groupRange(int range, long places) {
        long buckets = hashes.address();
        long from = refs.address();
        long to = partitioned.address();
        long end = ranges.keyedEnd()[range];
        for (long record = ranges.firstRecord()[range]; record < end; record++) {
            long place = places + Memory.getLong(buckets + record * Long.BYTES) * Long.BYTES;
            long index = Memory.getLong(place);
            Memory.putLong(place, index + 1);
            Memory.putLong(to + index * Long.BYTES, Memory.getLong(from + record * Long.BYTES));
        }
    }

    /** The same, and puts beside each reference which record of the batch it is: counts on, past those left out. */
    private void groupRangeWithArrivals(int range, long places) {
        int arrival = ranges.firstRecord()[range];
        int keyedEnd = ranges.keyedEnd()[range];
        int leftOut = ranges.firstRecord()[range + 1] - 1;
        for (long record = ranges.firstRecord()[range]; record < keyedEnd; record++) {
            while (leftOut >= keyedEnd && hashes.get(leftOut) == arrival) {
                arrival++;
                leftOut--;
            }
            long place = places + hashes.get(record) * Long.BYTES;
            long index = Memory.getLong(place);
            Memory.putLong(place, index + 1);
            partitioned.set(index, refs.get(record));
            arrivals.set(index, arrival++);
        }
    }

    /** A range's records without a key lie behind the others, the last one first. */
    private void collectKeyless(long count) {
        keyless.growTo(count);
        long found = 0;
        for (int range = 0; range < ranges.count(); range++) {
            for (int at = ranges.firstRecord()[range + 1] - 1; at >= ranges.keyedEnd()[range]; at--) {
                keyless.set(found++, refs.get(at));
            }
        }
    }

    @Override
    public void close() {
        if (chains != null) {
            chains.close();
        }
        refs.close();
        hashes.close();
        partitioned.close();
        starts.close();
        keyless.close();
        arrivals.close();
        if (places != null) {
            places.close();
        }
    }

    /** Hands out the one that is there already, to the first who asks: to make one may compile an expression. */
    private static final class Hashers implements Supplier<KeyHasher> {

        private final Supplier<KeyHasher> made;
        private final AtomicReference<KeyHasher> ready;

        Hashers(Supplier<KeyHasher> made, KeyHasher ready) {
            this.made = made;
            this.ready = new AtomicReference<>(ready);
        }

        @Override
        public KeyHasher get() {
            KeyHasher first = ready.getAndSet(null);
            return first == null ? made.get() : first;
        }
    }

    /**
     * Puts in place of each hash of a partition how often it came before in the batch. Owned by one thread, with a
     * table of its own that it uses for one partition after another.
     */
    private static final class PartitionCounter implements ParallelTasks.Worker {

        private final HashPartitions partitions;
        private final LongArray partitioned;
        private final int[] buckets;
        private final HashCounts table;

        /**
         * @param partitioned hashes by partition, in order of arrival within
         * @param buckets receives, for each partition, the highest multiplicity
         */
        PartitionCounter(HashPartitions partitions, LongArray partitioned, int[] buckets) {
            this.partitions = partitions;
            this.partitioned = partitioned;
            this.buckets = buckets;
            // Sized by the average partition, not by each: one that is much larger is so by a hot key, not by many
            // keys.
            this.table = new HashCounts(partitions.start(partitions.count()) / partitions.count());
        }

        @Override
        public void run(int partition) {
            table.clear();
            long highest = -1;
            long end = partitioned.address() + (long) partitions.start(partition + 1) * Long.BYTES;
            for (long at = partitioned.address() + (long) partitions.start(partition) * Long.BYTES;
                    at < end;
                    at += Long.BYTES) {
                long occurrence = table.increment(Memory.getLong(at));
                Memory.putLong(at, occurrence);
                highest = Math.max(highest, occurrence);
            }
            buckets[partition] = (int) (highest + 1);
        }

        @Override
        public void close() {
            table.close();
        }
    }
}
