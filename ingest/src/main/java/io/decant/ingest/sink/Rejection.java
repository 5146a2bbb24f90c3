package io.decant.ingest.sink;

import java.util.Objects;

/** What the receiver said of records that it will never take: the same of all of them, or of each its own. */
final class Rejection {

    private final int status;
    private final String text;
    private final Items items;
    private final int firstItem;

    private Rejection(int status, String text, Items items, int firstItem) {
        this.status = status;
        this.text = text;
        this.items = items;
        this.firstItem = firstItem;
    }

    /** Of a request's only record. */
    static Rejection of(int status, String text) {
        return new Rejection(status, Objects.requireNonNull(text, "text"), null, 0);
    }

    /** Of each record the item that answers it, from {@code firstItem} on. */
    static Rejection of(Items items, int firstItem) {
        return new Rejection(0, "", Objects.requireNonNull(items, "items"), firstItem);
    }

    /** @param ordinal of the record among those refused */
    int status(int ordinal) {
        return items == null ? status : items.status(firstItem + ordinal);
    }

    String text(int ordinal) {
        return items == null ? text : items.text(firstItem + ordinal);
    }
}
