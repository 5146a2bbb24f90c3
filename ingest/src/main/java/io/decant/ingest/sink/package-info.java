/**
 * Where buckets go. {@link io.decant.ingest.sink.HttpSink} decides what is sent when, as a state machine without
 * threads; {@link io.decant.ingest.sink.PartWindow} cuts the parts and knows how far a batch is delivered;
 * {@link io.decant.ingest.sink.AnswerBody} reads what a receiver says; {@link io.decant.ingest.sink.Breaker} holds back
 * where it refuses everything; {@link io.decant.ingest.sink.RequestCoding} compresses and signs;
 * {@link io.decant.ingest.sink.HttpTransport} carries requests, in production
 * {@link io.decant.ingest.sink.VertxHttpTransport}.
 */
package io.decant.ingest.sink;
