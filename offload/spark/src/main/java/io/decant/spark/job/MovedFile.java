package io.decant.spark.job;

import java.io.Serializable;

/**
 * A file of an attempt that counts.
 *
 * @param from where it was written, within the job's output
 * @param to where it belongs, likewise
 */
record MovedFile(String from, String to) implements Serializable {}
