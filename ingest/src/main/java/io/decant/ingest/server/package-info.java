/** The server: settings become sources, sinks and a pipeline; its lifecycle, threads and status. */
package io.decant.ingest.server;
