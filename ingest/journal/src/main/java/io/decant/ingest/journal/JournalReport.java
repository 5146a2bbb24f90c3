package io.decant.ingest.journal;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is in a journal, what is damaged in it, and what {@code decant run} would make of it. Taken by
 * {@link JournalAudit}.
 *
 * @param id as it stands in idempotency keys; of the entries, whatever the file {@code journal/id} says
 * @param format the newest of the entries' formats
 * @param end position behind the last good entry
 * @param synced highest position that the journal itself knows to be synced; a little behind what is
 * @param cutEnd position behind the last cut
 * @param delivered position before which every sink has everything
 * @param lastBatch number of the last cut
 * @param batches those whose cut is there, oldest first
 * @param marks how far each sink is, by name
 * @param streams where each kept stream continues
 * @param exclusions records that are set aside of batches which not every sink has whole
 * @param plans what imports are going to read
 * @param done what imports have read
 * @param servedMillis how long servers have served until the journal last noted it
 * @param damages what is wrong, in the order of the journal
 * @param notices what is not as after a clean end, and costs nothing
 * @param losses ordinals of streams that are known to be lost before every sink had delivered them
 * @param lostRecords records that are lost before every sink had delivered them
 * @param lostIsLeast whether there may be more of them
 * @param lostBatches numbers of batches that are lost, or have lost records, as ranges
 * @param refusal why {@code decant run} would refuse to start; empty: it would start
 */
public record JournalReport(
        String id,
        int format,
        List<Segment> segments,
        long end,
        long synced,
        long cutEnd,
        long delivered,
        long lastBatch,
        List<Batch> batches,
        long uncutRecords,
        long uncutBytes,
        Map<String, Mark> marks,
        Map<StreamId, JournalState.StreamPosition> streams,
        List<Exclusion> exclusions,
        List<ImportPlan> plans,
        List<ImportDone> done,
        long servedMillis,
        List<Damage> damages,
        List<String> notices,
        List<Loss> losses,
        long lostRecords,
        boolean lostIsLeast,
        List<Range> lostBatches,
        String refusal) {

    /** The newest format of entries that this version reads and writes. */
    public static final int NEWEST_FORMAT = EntryCodec.FORMAT;

    /**
     * @param number by the file's name; 0 where that is not a segment's
     * @param base its position
     * @param end offset behind its last good entry
     * @param fileBytes length of the file
     * @param checkpoint whether it begins with a whole and good one
     */
    public record Segment(
            long number, Path file, long base, long end, long fileBytes, int entries, boolean checkpoint) {}

    /**
     * @param start position of its first block
     * @param end position behind its cut
     * @param missing records that its cut counts and that are not there; 0 where its beginning was released already
     * @param shapeLost whether it is lost how the batch is split
     */
    public record Batch(
            long number,
            long windowStartMillis,
            long windowEndMillis,
            long records,
            long bytes,
            long start,
            long end,
            long missing,
            boolean shapeLost) {

        /** Whether it cannot be delivered as it was. */
        boolean isBroken() {
            return missing > 0 || shapeLost;
        }

        Batch withoutMissing() {
            return new Batch(number, windowStartMillis, windowEndMillis, records, bytes, start, end, 0, false);
        }
    }

    /**
     * @param offset in the file
     * @param bytes how much is damaged or missing; -1: the whole file
     * @param delivered whether every sink has had what was there
     */
    public record Damage(Path file, long offset, long bytes, String what, boolean delivered) {}

    /** Records {@code from} (inclusive) to {@code to} (exclusive) of a stream. */
    public record Loss(String source, String stream, long from, long to) {}

    /** Numbers {@code first} to {@code last}, both inclusive. */
    public record Range(long first, long last) {}

    /**
     * Whether undelivered data is lost, or may be. Where not, the undelivered batches are proven
     * to be what they were, whatever is damaged around them.
     */
    public boolean isLossy() {
        return lostRecords > 0 || lostIsLeast || !lostBatches.isEmpty();
    }

    /** Whether nothing is wrong with it. */
    public boolean isHealthy() {
        return damages.isEmpty() && refusal.isEmpty();
    }
}
