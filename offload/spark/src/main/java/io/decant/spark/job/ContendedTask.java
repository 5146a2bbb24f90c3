package io.decant.spark.job;

import io.decant.bucketer.ContendedRecords;
import io.decant.bucketer.HashCounts;
import io.decant.bucketer.SegmentAssigner;
import io.decant.spark.job.Segment.NumberedSegment;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** With several keys: finds the records of a segment that have a key which comes again in the batch. */
final class ContendedTask
        implements FlatMapFunction2<
                Iterator<NumberedSegment>, Iterator<Tuple2<Integer, SegmentShare>>, ContendedTask.Contended> {

    private final Broadcast<SerializableConfiguration> conf;
    private final KeyRule rule;

    ContendedTask(Broadcast<SerializableConfiguration> conf, KeyRule rule) {
        this.conf = conf;
        this.rule = rule;
    }

    /** Those of a segment. */
    record Contended(int segment, ContendedRecords records) implements Serializable {}

    @Override
    public Iterator<Contended> call(
            Iterator<NumberedSegment> segments, Iterator<Tuple2<Integer, SegmentShare>> repeated) throws Exception {
        if (!segments.hasNext()) {
            return Collections.emptyIterator();
        }
        NumberedSegment numbered = segments.next();
        try (LoadedSegment loaded = numbered.segment().load(conf.value().value(), rule);
                SegmentAssigner assigner = SegmentAssigner.scan(loaded.chunks(), rule.keying());
                HashCounts hashes = new HashCounts(1)) {
            loaded.reportRead();
            repeated.forEachRemaining(share -> ((HashShare) share._2()).forEach(hashes::add));
            return List.of(new Contended(numbered.number(), assigner.contended(hashes)))
                    .iterator();
        }
    }
}
