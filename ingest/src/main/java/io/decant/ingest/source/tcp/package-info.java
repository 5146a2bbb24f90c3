/**
 * The TCP source, which listens or connects. {@link io.decant.ingest.source.tcp.Connection} is the state machine of one
 * connection, {@link io.decant.ingest.source.tcp.LineFramer} finds whole lines in what was read, and
 * {@link io.decant.ingest.source.tcp.SessionRegistry} knows how far each session is acknowledged.
 */
package io.decant.ingest.source.tcp;
