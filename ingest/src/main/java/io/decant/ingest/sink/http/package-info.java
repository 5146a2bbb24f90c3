/**
 * The HTTP sink: each part of a bucket is the body of one POST. {@link io.decant.ingest.sink.http.HttpSink} adds the
 * headers, {@link io.decant.ingest.sink.http.RequestCoding} compresses and signs,
 * {@link io.decant.ingest.sink.http.HttpTransport} sends requests, in production
 * {@link io.decant.ingest.sink.http.VertxHttpTransport}, and {@link io.decant.ingest.sink.http.AnswerBody} reads the
 * answers.
 */
package io.decant.ingest.sink.http;
