/**
 * What operators see of a running server, over HTTP: {@code /healthz}, {@code /readyz}, {@code /metrics} and
 * {@code /status}.
 *
 * <p>It knows nothing of the pipeline: {@link io.decant.ingest.admin.ServerStatus} is all there is to show, filled in
 * by the code that runs the server. {@link io.decant.ingest.admin.AdminServer} answers requests from it on an event
 * loop of its own, without waiting for anything.
 */
package io.decant.ingest.admin;
