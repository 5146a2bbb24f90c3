package io.decant.bucketer;

import java.util.function.BooleanSupplier;

/**
 * Finds the records of a range of chunks and hashes their keys in the same pass, while their bytes are in cache.
 * Whether they are lines or frames is asked once a chunk.
 *
 * <p>Takes every record for one that belongs to a bucket; {@link KeyedScanner} does not, so that this one has nothing
 * to ask. Owned by one thread, which scans one range after another.
 */
class RecordScanner implements ParallelTasks.Worker {

    /** A power of two. A key takes milliseconds at worst, unless its record is very large. */
    private static final int RECORDS_BETWEEN_LOOKS = 64;

    private final Chunks chunks;
    private final Ranges ranges;
    private final long refs;
    private final long hashes;
    private final HashPartitions partitions;
    private final KeyHasher hasher;
    private final BooleanSupplier stopped;
    /** Takes all hashes of each record; null where it has one. */
    private KeyChains chains;

    /**
     * Writes every record's {@link RecordRef} and hash to the place of its ordinal in the batch.
     *
     * @param stopped asked every few records; then {@link AssignmentStoppedException} is thrown
     */
    RecordScanner(
            Chunks chunks,
            Ranges ranges,
            LongArray refs,
            LongArray hashes,
            HashPartitions partitions,
            KeyHasher hasher,
            BooleanSupplier stopped) {
        this.chunks = chunks;
        this.ranges = ranges;
        this.refs = refs.address();
        this.hashes = hashes.address();
        this.partitions = partitions;
        this.hasher = hasher;
        this.stopped = stopped;
    }

    /** For records with several keys. */
    final RecordScanner into(KeyChains severalKeys) {
        chains = severalKeys;
        return this;
    }

    @Override
    public void run(int range) {
        scan(range);
    }

    final void scan(int range) {
        for (int chunk = ranges.firstChunk()[range]; chunk < ranges.firstChunk()[range + 1]; chunk++) {
            scanChunk(chunk, range);
        }
    }

    final void scanChunk(int chunk, int range) {
        begin(chunk);
        if (chunks.isFramed(chunk)) {
            scanFrames(chunk, range);
        } else {
            scanLines(chunk, range);
        }
        chunks.wasRead(chunk);
    }

    /** Told before the records of a chunk. */
    void begin(int chunk) {}

    private void scanFrames(int chunk, int range) {
        long limit = chunks.address(chunk) + chunks.length(chunk);
        long record = chunks.firstRecord(chunk);
        long recordEnd = record + chunks.records(chunk);
        long frame = chunks.address(chunk);
        for (; record < recordEnd; record++) {
            long length = Frame.lengthWithin(frame, limit);
            if (length < 0) {
                throw mismatch(chunk);
            }
            lookWhetherStopped(record);
            takeFrame(record, frame, range);
            frame += length;
        }
        if (frame != limit) {
            throw mismatch(chunk);
        }
    }

    private void scanLines(int chunk, int range) {
        long address = chunks.address(chunk);
        long limit = address + chunks.length(chunk);
        long record = chunks.firstRecord(chunk);
        long recordEnd = record + chunks.records(chunk);
        long start = address;
        for (long at = address; at < limit; at += Long.BYTES) {
            long found = Lines.newlines(address, at, limit);
            while (found != 0) {
                if (record == recordEnd) {
                    throw mismatch(chunk);
                }
                long end = at + Lines.firstByte(found);
                lookWhetherStopped(record);
                take(record, start, end, range);
                record++;
                start = end + 1;
                found &= found - 1;
            }
        }
        if (record != recordEnd || start != limit) {
            throw mismatch(chunk);
        }
    }

    private void lookWhetherStopped(long record) {
        if ((record & (RECORDS_BETWEEN_LOOKS - 1)) == 0 && stopped.getAsBoolean()) {
            throw new AssignmentStoppedException();
        }
    }

    /**
     * Takes a record.
     *
     * @param record its ordinal in the batch
     */
    void take(long record, long start, long end, int range) {
        long hash = hasher.hash(start, (int) (end - start));
        put(record, RecordRef.withJson(RecordRef.of(start, end - start), hasher.hasReadJson()), hash, range);
    }

    /** Takes a record that lies in a frame. */
    void takeFrame(long record, long frame, int range) {
        long hash = hasher.hashFrame(frame);
        put(record, hasher.refOfFrame(frame), hash, range);
    }

    /** Puts a record that belongs to a bucket at {@code place}. */
    final void put(long place, long ref, long hash, int range) {
        Memory.putLong(refs + place * Long.BYTES, ref);
        Memory.putLong(hashes + place * Long.BYTES, hash);
        if (chains == null) {
            partitions.count(range, hash);
        } else {
            chains.put(place, hash, hasher, range);
        }
    }

    private ChunkMismatchException mismatch(int chunk) {
        long address = chunks.address(chunk);
        int length = chunks.length(chunk);
        if (chunks.isFramed(chunk)) {
            return new ChunkMismatchException(
                    chunks.tag(chunk), chunks.records(chunk), Frame.count(address, length), length);
        }
        return new ChunkMismatchException(
                chunks.tag(chunk),
                chunks.records(chunk),
                Lines.count(address, length),
                Memory.getByte(address + length - 1) == '\n');
    }
}
