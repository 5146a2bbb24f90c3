package io.decant.spark.job;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** A piece of a batch that one task takes as a whole. Segments have numbers, from 0, in order of arrival. */
public sealed interface Segment extends Serializable permits StagedFileSegment, LineSegment {

    /** Brings it into native memory; to be closed by the caller. */
    LoadedSegment load(Configuration conf) throws IOException;

    /** How many records it has; where that is not known before it is read, about how many. */
    long records();

    /** The hosts on which it lies, best first; empty where that is unknown, or all the same. */
    List<String> hosts();
}
