/**
 * The job that splits a large batch into buckets, on Spark's RDD API. It is {@link io.decant.bucketer.SegmentAssigner}
 * spread over a cluster:
 *
 * <ol>
 *   <li>count: each segment's task counts the hashes of its keys ({@link io.decant.spark.job.CountTask});
 *   <li>prefix: each task has a share of the hashes, and adds up over the segments how often each came before ({@link
 *       io.decant.spark.job.PrefixTask});
 *   <li>assign: each segment's task reads its segment again, splits it, and writes its parts and runs
 *       ({@link io.decant.spark.job.AssignTask});
 *   <li>tail: where buckets are many and small, tasks with a range of buckets each merge them from the runs ({@link
 *       io.decant.spark.job.TailTask}).
 * </ol>
 *
 * <p>Hashes cross the network between the first three, 8 bytes for most of them; records never do. A task writes into a
 * directory of its own attempt; what the driver collects says which files count, and it moves those and no others, so a
 * task that is repeated or runs twice changes nothing.
 */
package io.decant.spark.job;
