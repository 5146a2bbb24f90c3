package io.decant.spark.job;

import io.decant.bucketer.HashCounts;
import io.decant.bucketer.SegmentAssigner;
import io.decant.spark.job.Segment.NumberedSegment;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Counts the hashes of a segment's keys, and hands them to the tasks that have a share of the hashes each. */
final class CountTask implements PairFlatMapFunction<NumberedSegment, Integer, CountTask.Counted> {

    private final Broadcast<SerializableConfiguration> conf;
    private final KeyRule rule;
    private final int shares;

    CountTask(Broadcast<SerializableConfiguration> conf, KeyRule rule, int shares) {
        this.conf = conf;
        this.rule = rule;
        this.shares = shares;
    }

    /**
     * What goes to one task of the next stage.
     *
     * @param facts of the segment; the same for each
     */
    record Counted(SegmentFacts facts, HashShare share) implements java.io.Serializable {}

    @Override
    public Iterator<Tuple2<Integer, Counted>> call(NumberedSegment numbered) throws Exception {
        try (LoadedSegment loaded = numbered.segment().load(conf.value().value(), rule);
                SegmentAssigner assigner = SegmentAssigner.scan(loaded.chunks(), rule.keying());
                HashCounts counts = assigner.count()) {
            loaded.reportRead();
            SegmentFacts facts = new SegmentFacts(
                    numbered.number(),
                    loaded.chunks().records(),
                    assigner.keyed(),
                    assigner.keyless(),
                    assigner.unfitForLines());
            List<Tuple2<Integer, Counted>> out = new ArrayList<>(shares);
            for (HashShare share : HashShare.of(numbered.number(), counts, shares)) {
                out.add(new Tuple2<>(out.size(), new Counted(facts, share)));
            }
            return out.iterator();
        }
    }

    /**
     * What counting a segment has shown.
     *
     * @param read records of the segment
     * @param keyed of these, or of what transforms made of them, records that belong to buckets
     * @param keyless records that do not
     * @param unfitForLines of the keyed ones, how many cannot be lines of a file: a newline within, or no value
     */
    record SegmentFacts(int segment, long read, long keyed, long keyless, long unfitForLines) implements Serializable {}
}
