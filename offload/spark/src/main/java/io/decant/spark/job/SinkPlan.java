package io.decant.spark.job;

import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import java.io.Serializable;

/**
 * A finished batch directory to be made.
 *
 * @param sink whose it is; empty where it is no sink's
 * @param directory of the batch within the output, with a slash at its end; empty where it is the output itself
 * @param bucketDirs buckets before this one have directories of their own, the others are in the tail
 */
public record SinkPlan(String sink, String directory, FileFormat format, FileCompression compression, int bucketDirs)
        implements Serializable {}
