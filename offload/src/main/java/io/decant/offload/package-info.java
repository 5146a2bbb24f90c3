/**
 * What server and Spark have in common, and nothing of Spark: the files through which a large batch goes to the job and
 * comes back ({@link io.decant.offload.staging}), and how the server talks to the process that drives it
 * ({@link io.decant.offload.protocol}). The job itself is the module {@code spark}, of which the server's class path
 * has nothing.
 */
package io.decant.offload;
