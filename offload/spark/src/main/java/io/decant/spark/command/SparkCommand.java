package io.decant.spark.command;

import java.util.concurrent.Callable;

/** A command that runs on Spark. */
public interface SparkCommand extends Callable<Integer> {

    /** The command as people write it: {@code decant bucket}. */
    String title();

    /** Whether stack traces are wanted. */
    boolean verbose();
}
