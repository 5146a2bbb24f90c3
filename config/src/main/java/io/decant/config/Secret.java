package io.decant.config;

import java.util.Objects;

/**
 * A text that must not show: {@link #toString()} hides it, so that no log line, status page or error message shows it by
 * accident; only {@link #reveal()} gives it.
 *
 * @param reveal the text itself
 */
public record Secret(String reveal) {
    /** What is shown in the place of a secret. */
    public static final String HIDDEN = "<hidden>";

    public Secret {
        Objects.requireNonNull(reveal, "reveal");
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}
