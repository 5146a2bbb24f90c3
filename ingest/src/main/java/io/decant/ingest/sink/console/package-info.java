/**
 * Batches on standard output. {@link io.decant.ingest.sink.console.ConsoleSink} is the state machine that the delivery
 * thread drives; {@link io.decant.ingest.sink.console.Printing} writes, on a thread of the sink's own, what
 * {@link io.decant.ingest.sink.console.ConsoleText} makes of a batch.
 */
package io.decant.ingest.sink.console;
