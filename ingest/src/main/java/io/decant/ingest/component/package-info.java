/**
 * The types of sources and sinks that a server has: {@link io.decant.ingest.component.SourceTypes} and
 * {@link io.decant.ingest.component.SinkTypes} list them, and nothing else names them.
 */
package io.decant.ingest.component;
