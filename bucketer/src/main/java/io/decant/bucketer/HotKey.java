package io.decant.bucketer;

/**
 * A key that occurs often.
 *
 * @param address where an example record with this key begins, or with {@code kafka-key} the key itself; good until the
 *     batch's memory is released
 * @param length the example's bytes, without its newline
 * @param count how many records of the batch have the key
 */
public record HotKey(long address, int length, long count) {}
