package io.decant.ingest.source.mysql;

/**
 * An increment: rows whose check column is behind {@code low} and up to {@code high}.
 *
 * @param number from 1
 * @param low null: from the beginning, where the table was empty before
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record IncrementPlan(long number, byte[] low, byte[] high) {}
