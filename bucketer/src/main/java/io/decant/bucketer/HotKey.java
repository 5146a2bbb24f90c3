package io.decant.bucketer;

import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * A key that occurs often.
 *
 * @param name which of several keys it is; empty where there is one
 * @param address where an example record with this key begins, or with {@code kafka-key} the key itself; good until the
 *     batch's memory is released
 * @param length the example's bytes, without its newline
 * @param count how many records of the batch have the key
 */
public record HotKey(String name, long address, int length, long count) {

    /** Where there is one key. */
    public HotKey(long address, int length, long count) {
        this("", address, length, count);
    }

    /** The most frequent of some keys; of several the first of them. */
    public static <T> Optional<T> mostFrequent(List<T> keys, ToLongFunction<T> count) {
        return keys.stream().reduce((one, other) -> count.applyAsLong(other) > count.applyAsLong(one) ? other : one);
    }
}
