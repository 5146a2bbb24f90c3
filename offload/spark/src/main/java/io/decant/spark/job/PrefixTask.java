package io.decant.spark.job;

import io.decant.bucketer.HashCounts;
import io.decant.spark.job.CountTask.SegmentFacts;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * Adds up a share of the hashes: how often each came in the segments before each segment. Its result depends on what
 * came and not on the order in which the network brought it.
 */
final class PrefixTask implements FlatMapFunction<Iterator<Tuple2<Integer, CountTask.Counted>>, PrefixTask.Prefixed> {

    private final boolean several;

    /** @param several whether records can have more than one key: then segments need to know which keys come again */
    PrefixTask(boolean several) {
        this.several = several;
    }

    /** One of two things that come out. */
    sealed interface Prefixed extends Serializable {}

    /**
     * What the driver needs.
     *
     * @param facts of all segments
     * @param multiplicities by how often keys of this share occur in the batch, how many they are
     */
    record Summary(List<SegmentFacts> facts, Map<Integer, Long> multiplicities) implements Prefixed {}

    /**
     * What one segment needs.
     *
     * @param share hashes that came before it, and how often; those that did not are left out. With several keys, its
     *     hashes that come more than once
     */
    record Before(HashShare share) implements Prefixed {}

    @Override
    public Iterator<Prefixed> call(Iterator<Tuple2<Integer, CountTask.Counted>> arrived) {
        List<CountTask.Counted> segments = new ArrayList<>();
        arrived.forEachRemaining(tuple -> segments.add(tuple._2()));
        segments.sort(Comparator.comparingInt(counted -> counted.facts().segment()));
        List<Prefixed> out = new ArrayList<>();
        // Most hashes are in few segments: the largest share is a fair guess for all of them.
        long largest = segments.stream()
                .mapToLong(counted -> counted.share().size())
                .max()
                .orElse(0);
        try (HashCounts sums = new HashCounts(largest)) {
            segments.forEach(counted -> addUp(counted.share(), sums, several ? null : out));
            if (several) {
                segments.forEach(counted -> repeated(counted.share(), sums, out));
            }
            List<SegmentFacts> facts =
                    segments.stream().map(CountTask.Counted::facts).toList();
            out.add(new Summary(new ArrayList<>(facts), multiplicities(sums)));
        }
        return out.iterator();
    }

    private static void addUp(HashShare share, HashCounts sums, List<Prefixed> out) {
        HashShare.Builder before = new HashShare.Builder(share.segment(), share.size());
        share.forEach((hash, count) -> {
            long came = sums.add(hash, count);
            if (came > 0 && out != null) {
                before.add(hash, came);
            }
        });
        if (!before.isEmpty() && out != null) {
            out.add(new Before(before.build()));
        }
    }

    /** Which of a segment's hashes come more than once in the batch. */
    private static void repeated(HashShare share, HashCounts sums, List<Prefixed> out) {
        HashShare.Builder repeated = new HashShare.Builder(share.segment(), share.size());
        share.forEach((hash, count) -> {
            if (sums.count(hash) > 1) {
                repeated.add(hash, 1);
            }
        });
        if (!repeated.isEmpty()) {
            out.add(new Before(repeated.build()));
        }
    }

    private static Map<Integer, Long> multiplicities(HashCounts sums) {
        Map<Integer, Long> multiplicities = new HashMap<>();
        // A key in more buckets than have numbers fails here.
        sums.forEach((hash, count) -> multiplicities.merge(Math.toIntExact(count), 1L, Long::sum));
        return multiplicities;
    }
}
