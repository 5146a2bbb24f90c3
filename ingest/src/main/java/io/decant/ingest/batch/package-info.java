/** Batches: when the stream is cut, and how a batch comes back from the journal, split into buckets. */
package io.decant.ingest.batch;
