package io.decant.config;

import java.util.Objects;

/**
 * A text that must not show: {@link #toString()} hides it, so that no log line, status page or error message shows it
 * by accident; only {@link #reveal()} gives it.
 *
 * @param reveal the text itself
 */
public record Secret(String reveal) {
    /** What is shown in the place of a secret. */
    public static final String HIDDEN = "<hidden>";

    /** The lack of a secret. */
    public static final Secret NONE = new Secret("");

    public Secret {
        Objects.requireNonNull(reveal, "reveal");
    }

    /** Whether there is nothing to hide. */
    public boolean isEmpty() {
        return reveal.isEmpty();
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}
