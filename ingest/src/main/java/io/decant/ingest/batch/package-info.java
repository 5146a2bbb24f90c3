/** Batches: when the stream is cut, and how a batch comes back from the journal, parted into buckets. */
package io.decant.ingest.batch;
