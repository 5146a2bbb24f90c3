/**
 * The job beside a secondary sort of the same records. A program and not a test: the module {@code cluster-tests} runs
 * it against its cluster when it is asked to by name. docs/cluster.md says how, and what came out.
 */
package io.decant.spark.compare;
