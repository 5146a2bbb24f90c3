/**
 * The Kafka source. One thread of its own does everything with the cluster;
 * {@link io.decant.ingest.source.kafka.Reader} is where it turns, {@link io.decant.ingest.source.kafka.PartitionFeed}
 * is one partition on its way into the journal.
 */
package io.decant.ingest.source.kafka;
