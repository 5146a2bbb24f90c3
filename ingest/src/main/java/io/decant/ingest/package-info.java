/** The server: source, journal, batch, sink, pipeline, admin, command line. */
package io.decant.ingest;
