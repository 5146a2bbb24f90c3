/** Everything Spark: the job, the driver process, and the thin client that the server talks to it with. Holds nothing but this text until large batches are handed over. */
package io.decant.offload;
