/** Has a Spark job of the user's process each batch, in a driver process of the sink's own. */
package io.decant.ingest.sink.spark;
