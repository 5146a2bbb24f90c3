/**
 * Where buckets go, and what all types of sinks share; each type is a package below. {@link io.decant.ingest.sink.Sink}
 * delivers batches. {@link io.decant.ingest.sink.PartSink} is the one that sends requests and waits for answers, as a
 * state machine without threads: {@link io.decant.ingest.sink.PartWindow} cuts a bucket into parts and knows how
 * far a batch is delivered, {@link io.decant.ingest.sink.ResponseHandler} decides what an answer means for a part, and
 * {@link io.decant.ingest.sink.Breaker} holds records back when the receiver refuses everything.
 */
package io.decant.ingest.sink;
