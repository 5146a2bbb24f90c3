package io.decant.ingest.sink.jdbc;

/**
 * What the ledger says of a part that is written.
 *
 * @param id the part's idempotency key
 * @param sink server, journal and sink
 * @param batch its number
 * @param forgetBefore rows of this sink of batches before this one can go: no restart comes back to them; 0: none
 */
record LedgerRow(String id, String sink, long batch, long forgetBefore) {}
