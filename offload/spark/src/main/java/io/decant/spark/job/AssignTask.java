package io.decant.spark.job;

import io.decant.bucketer.HashCounts;
import io.decant.bucketer.SegmentAssigner;
import io.decant.bucketer.SegmentBuckets;
import io.decant.spark.job.Segment.NumberedSegment;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Splits a segment, given how often its hashes came before, and writes what is asked for. */
final class AssignTask
        implements FlatMapFunction2<Iterator<NumberedSegment>, Iterator<Tuple2<Integer, SegmentShare>>, SegmentOutput> {

    static final String STAGE = "assign";

    private final Broadcast<SerializableConfiguration> conf;
    private final AssignPlan plan;

    AssignTask(Broadcast<SerializableConfiguration> conf, AssignPlan plan) {
        this.conf = conf;
        this.plan = plan;
    }

    @Override
    public Iterator<SegmentOutput> call(
            Iterator<NumberedSegment> segments, Iterator<Tuple2<Integer, SegmentShare>> arrived) throws Exception {
        if (!segments.hasNext()) {
            // A batch without segments has a partition all the same.
            return Collections.emptyIterator();
        }
        NumberedSegment numbered = segments.next();
        Configuration hadoop = conf.value().value();
        try (LoadedSegment loaded = numbered.segment().load(hadoop, plan.rule());
                SegmentAssigner assigner =
                        SegmentAssigner.scan(loaded.chunks(), plan.rule().keying());
                SegmentBuckets buckets = assign(assigner, arrived, plan.rule().isSeveral())) {
            loaded.reportRead();
            AttemptFiles files = AttemptFiles.begin(plan.output(), STAGE, hadoop);
            return List.of(new SegmentWriter(plan, numbered.number(), loaded, buckets, files).write())
                    .iterator();
        }
    }

    /**
     * The shares are of different hashes, so their order does not matter. The table goes before anything is written.
     */
    private static SegmentBuckets assign(
            SegmentAssigner assigner, Iterator<Tuple2<Integer, SegmentShare>> arrived, boolean several) {
        if (several) {
            ChainTask.ChainedRecords chained =
                    (ChainTask.ChainedRecords) arrived.next()._2();
            return assigner.assign(chained.records(), chained.buckets());
        }
        try (HashCounts before = new HashCounts(assigner.keyed())) {
            arrived.forEachRemaining(tuple -> ((HashShare) tuple._2()).forEach(before::add));
            return assigner.assign(before);
        }
    }
}
