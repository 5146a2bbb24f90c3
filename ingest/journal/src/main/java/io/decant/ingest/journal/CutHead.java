package io.decant.ingest.journal;

/** A {@link Cut} without its shape: what says which records are the batch. The same in every format. */
record CutHead(long batch, long windowStartMillis, long windowEndMillis, long start, long records, long bytes) {}
