package io.decant.ingest.journal;

import java.util.Objects;

/**
 * One of the keys that tell a batch's records apart.
 *
 * @param text canonical text of the key, e.g. {@code json:/user/id}
 * @param folding canonical text of what is done to the key before it is compared; empty: nothing
 */
public record KeyShape(String text, String folding) {

    public KeyShape {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(folding, "folding");
    }

    /** A key that is compared as it is. */
    public KeyShape(String text) {
        this(text, "");
    }
}
