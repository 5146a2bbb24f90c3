/**
 * Delivers buckets to tables of databases, each part in one transaction with a row of a ledger that says so: exactly
 * once, whatever crashes.
 */
package io.decant.ingest.sink.jdbc;
