package io.decant.bucketer;

import java.io.Serializable;

/**
 * One of several keys that occurs often in a batch in segments.
 *
 * @param name which of the keys it is
 * @param segment where a record is that has it
 * @param record its ordinal among the segment's records that belong to buckets
 * @param count how many records have it
 */
public record HotOrdinal(String name, int segment, int record, long count) implements Serializable {}
