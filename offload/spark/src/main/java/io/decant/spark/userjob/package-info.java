/** Loads and runs a job of the user's own, a {@link io.decant.job.BatchJob}, in the driver process. */
package io.decant.spark.userjob;
