/**
 * The HTTP source. An {@link io.decant.ingest.source.http.Exchange} is one request: its body is held whole, checked,
 * cut into blocks and handed in, and it is answered once the last block is synced.
 * {@link io.decant.ingest.source.http.HttpLoop} is what those of one event loop share.
 */
package io.decant.ingest.source.http;
