package io.decant.job;

import org.apache.spark.api.java.JavaSparkContext;

/**
 * A Spark program that runs once for each batch. The class must be public and have a public constructor without
 * parameters; each attempt gets a new instance.
 *
 * <p>An attempt that fails, or is interrupted by a crash, is repeated with the same batch. What it wrote below
 * {@link Batch#output()} is discarded then, so output appears exactly once. Side effects elsewhere happen at least
 * once; {@link Batch#id()} is the same in each attempt, to deduplicate by.
 */
public interface BatchJob {

    /**
     * Processes a batch. When this returns, what lies below {@link Batch#output()} is published.
     *
     * @param spark the running context, which the job must neither replace nor stop
     * @throws Exception whatever goes wrong; the batch is tried again later
     */
    void run(JavaSparkContext spark, Batch batch) throws Exception;
}
