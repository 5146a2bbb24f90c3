package io.decant.spark.job;

import java.io.Serializable;

/** A segment, and its place in the order of arrival. */
record NumberedSegment(int number, Segment segment) implements Serializable {}
