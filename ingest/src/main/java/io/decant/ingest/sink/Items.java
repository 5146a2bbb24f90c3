package io.decant.ingest.sink;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a receiver that took only some of a part's records says of each of them: the {@code items} of an answer {@code
 * {"errors":true,"items":[{"status":201},{"status":422,...},...]}}, aligned with the records. Whether there are as many
 * as records is for the reader to compare.
 *
 * <p>Immutable. Two bytes a record, and for the refused ones the start of what was said, bounded over all of them.
 */
public final class Items {

    /** Most bytes of one item that are kept. */
    public static final int TEXT_BYTES_MAX = 512;
    /** Where the texts of the items so far come to this, only the status is kept of any further ones. */
    public static final int TEXTS_CHARS_MAX = 1 << 20;

    /** The least HTTP status that an item may have. */
    public static final int STATUS_MIN = 100;
    /** The greatest HTTP status that an item may have. */
    public static final int STATUS_MAX = 999;

    private final short[] statuses;
    private final Map<Integer, String> texts;
    private final String broken;

    private Items(short[] statuses, Map<Integer, String> texts, String broken) {
        this.statuses = statuses;
        this.texts = texts;
        this.broken = broken;
    }

    /**
     * Items that cannot be used: the receiver says that it refused some records, but does not say in a readable way
     * which ones; or its answer is not understood.
     *
     * @param why in one line, not empty
     */
    public static Items broken(String why) {
        return new Items(new short[0], Map.of(), Objects.requireNonNull(why, "why"));
    }

    /** How many there are; 0 where they are {@linkplain #broken() broken}. */
    public int count() {
        return statuses.length;
    }

    /** The HTTP status of an item, 100 to 999. */
    public int status(int index) {
        return statuses[index];
    }

    /**
     * The first bytes of an item, a JSON object, at most {@value #TEXT_BYTES_MAX}; empty where its status is a success,
     * or where the items before it have used up what may be kept.
     */
    public String text(int index) {
        Objects.checkIndex(index, statuses.length);
        return texts.getOrDefault(index, "");
    }

    /** Why they cannot be read, in one line; empty where they can. */
    public String broken() {
        return broken;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Items items
                && Arrays.equals(statuses, items.statuses)
                && texts.equals(items.texts)
                && broken.equals(items.broken);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(statuses), texts, broken);
    }

    @Override
    public String toString() {
        return broken.isEmpty() ? statuses.length + " items, " + texts.size() + " with a text" : "items: " + broken;
    }

    /** Takes items in their order. Not thread-safe. */
    public static final class Builder {

        private final Map<Integer, String> texts = new HashMap<>();
        private short[] statuses = new short[16];
        private int count;
        private int textChars;

        /**
         * @param status from {@link #STATUS_MIN} to {@link #STATUS_MAX}
         * @param text what is kept of the item if it is no success
         */
        public Builder add(int status, String text) {
            if (status < STATUS_MIN || status > STATUS_MAX) {
                throw new IllegalArgumentException("invalid HTTP status: " + status);
            }
            if (AnswerClass.ofItem(status) != AnswerClass.DELIVERED && textChars < TEXTS_CHARS_MAX) {
                textChars += text.length();
                texts.put(count, text);
            }
            if (count == statuses.length) {
                statuses = Arrays.copyOf(statuses, 2 * count);
            }
            statuses[count++] = (short) status;
            return this;
        }

        /** Items so far. */
        public int count() {
            return count;
        }

        /** The items so far. */
        public Items build() {
            return new Items(Arrays.copyOf(statuses, count), Map.copyOf(texts), "");
        }
    }
}
