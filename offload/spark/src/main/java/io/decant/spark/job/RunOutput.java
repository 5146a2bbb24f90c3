package io.decant.spark.job;

import io.decant.offload.staging.RunFile;
import java.io.Serializable;
import java.util.List;

/**
 * A run that a task has written.
 *
 * @param run as it will be called
 * @param files the run, and behind it its index where it has one
 */
record RunOutput(RunFile run, List<MovedFile> files) implements Serializable {}
