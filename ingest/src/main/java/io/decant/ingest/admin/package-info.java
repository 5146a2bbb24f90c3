/**
 * What operators see of a running server, over HTTP: {@code /healthz}, {@code /readyz}, {@code /metrics} and
 * {@code /status}; and of its last minutes, {@code /history}, {@code /batches} and {@code /events}.
 *
 * <p>It knows nothing of the pipeline: {@link io.decant.ingest.admin.ServerStatus} is all there is to show, filled in
 * by the code that runs the server, and {@link io.decant.ingest.history.History}.
 * {@link io.decant.ingest.admin.AdminServer} answers requests from them on an event loop of its own, without waiting
 * for anything.
 */
package io.decant.ingest.admin;
