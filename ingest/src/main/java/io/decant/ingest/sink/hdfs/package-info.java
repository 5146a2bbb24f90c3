/**
 * Buckets as files. {@link io.decant.ingest.sink.hdfs.HdfsSink} is the state machine that the delivery thread drives;
 * {@link io.decant.ingest.sink.hdfs.BatchDelivery} does what blocks, on a thread of the sink's own: it writes a batch
 * aside and has it appear by one rename. How the files are called, and what is in them, is
 * {@link io.decant.offload.layout}'s.
 */
package io.decant.ingest.sink.hdfs;
