package io.decant.offload.protocol;

/**
 * What a sink wants as a finished batch directory.
 *
 * @param sink its name
 * @param format {@code lines} or {@code envelope}
 * @param compression {@code none}, {@code gzip} or {@code zstd}
 * @param maxBucketDirs buckets from this one on go into the tail
 */
public record SinkOutput(String sink, String format, String compression, int maxBucketDirs) {}
