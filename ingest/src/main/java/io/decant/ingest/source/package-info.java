/**
 * Where records come from, and what all types of sources share; each type is a package below. A
 * {@link io.decant.ingest.source.Source} hands blocks of whole records to the journal, and acknowledges them to its
 * senders once they are synced.
 */
package io.decant.ingest.source;
