package io.decant.ingest.batch;

import io.decant.bucketer.Chunks;
import io.decant.bucketer.Remainder;
import io.decant.ingest.batch.OpenBatch.ExcludedRecord;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.JournalView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * Which records are set aside of which batch. Those of batches that were undelivered at the start are known from
 * the journal's state, and from then on as they are added; those of batches that every sink had are read again from the
 * journal, behind their cuts.
 *
 * <p>Thread-safe. What is known stays until the server ends: a replay may come back to any of it, and there are few,
 * since the journal bounds them.
 */
public final class ExcludedRecords {

    private final JournalView journal;
    private final long passed;
    private final Map<Long, List<Exclusion>> byBatch = new HashMap<>();

    /**
     * @param passed the last batch that every sink had whole at the start
     * @param known those of later batches
     */
    public ExcludedRecords(JournalView journal, long passed, List<Exclusion> known) {
        this.journal = journal;
        this.passed = passed;
        known.forEach(this::add);
    }

    /** One that is synced. */
    public synchronized void add(Exclusion exclusion) {
        List<Exclusion> others = byBatch.computeIfAbsent(exclusion.batch(), batch -> new ArrayList<>());
        others.add(exclusion);
        others.sort(Comparator.comparingLong(Exclusion::ordinal));
    }

    /**
     * Those of a batch, by ordinal.
     *
     * @param end position behind its cut
     * @param limit everything before it is synced
     * @throws io.decant.ingest.journal.JournalException where the journal does not hold what it should
     */
    List<Exclusion> of(long batch, long end, long limit) {
        if (batch > passed) {
            synchronized (this) {
                return List.copyOf(byBatch.getOrDefault(batch, List.of()));
            }
        }
        try (JournalReader reader = journal.read(end)) {
            List<Exclusion> found = reader.readExclusions(batch, limit);
            found.sort(Comparator.comparingLong(Exclusion::ordinal));
            return found;
        }
    }

    static long[] ordinals(List<Exclusion> exclusions) {
        return exclusions.stream().mapToLong(Exclusion::ordinal).toArray();
    }

    /**
     * Where those records lie.
     *
     * @param remainder of the batch without them; null where there are none
     * @param headers the address of a block's header, by the tag of its chunk
     */
    static List<ExcludedRecord> found(List<Exclusion> exclusions, Remainder remainder, LongUnaryOperator headers) {
        List<ExcludedRecord> found = new ArrayList<>();
        for (int i = 0; i < exclusions.size(); i++) {
            found.add(new ExcludedRecord(
                    exclusions.get(i).reason(),
                    remainder.address(i),
                    remainder.length(i),
                    remainder.frame(i),
                    remainder.frame(i) == 0 ? "" : JournalStreams.name(headers.applyAsLong(remainder.tag(i))),
                    ""));
        }
        return found;
    }

    /**
     * Records that are set aside.
     *
     * @param release gives back the mapped segments that they lie in
     */
    record Found(List<ExcludedRecord> records, Runnable release) implements AutoCloseable {

        @Override
        public void close() {
            release.run();
        }
    }

    /**
     * Finds where the records lie that are set aside of a batch.
     *
     * @param start position where it begins
     * @param end position behind its cut
     * @return to be closed by the caller
     */
    Found find(long start, long end, List<Exclusion> exclusions) {
        if (exclusions.isEmpty()) {
            return new Found(List.of(), () -> {});
        }
        JournalReader reader = journal.read(start);
        try (Chunks chunks = new Chunks()) {
            reader.readBatch(end, chunks::add);
            Remainder remainder = Remainder.of(chunks, ordinals(exclusions));
            remainder.chunks().close();
            return new Found(found(exclusions, remainder, reader::addressOf), reader::close);
        } catch (Throwable e) {
            reader.close();
            throw e;
        }
    }
}
