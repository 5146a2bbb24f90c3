package io.decant.spark.job;

import java.io.Serializable;

/**
 * What counting a segment has shown.
 *
 * @param keyed records that belong to buckets
 * @param keyless records that do not
 * @param unfitForLines of the keyed ones, how many cannot be lines of a file: a newline within, or no value
 */
record SegmentFacts(int segment, long keyed, long keyless, long unfitForLines) implements Serializable {}
