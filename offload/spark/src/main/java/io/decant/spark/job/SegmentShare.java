package io.decant.spark.job;

import java.io.Serializable;

/**
 * What a segment must know of the others to split its records: {@link HashShare} or {@link ChainTask.ChainedRecords}.
 */
sealed interface SegmentShare extends Serializable permits HashShare, ChainTask.ChainedRecords {

    /** Whose it is. */
    int segment();
}
