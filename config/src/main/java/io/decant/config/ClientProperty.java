package io.decant.config;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A property that is handed through to a client library. {@link #toString()} hides it where it may be a secret; only {@link #reveal()}
 * gives it then.
 *
 * @param reveal the value itself
 * @param secret whether it must not show
 */
public record ClientProperty(String reveal, boolean secret) {
    private static final Pattern SECRET_NAME =
            Pattern.compile(".*(?:password|passphrase|secret|jaas|token|credential|key).*");
    /** Names with {@code key} in them that only say where or what a store is. */
    private static final Pattern PLAIN_NAME = Pattern.compile("ssl\\.keystore\\.(?:location|type)");

    public ClientProperty {
        Objects.requireNonNull(reveal, "reveal");
    }

    /**
     * The property of this name.
     *
     * @param fromEnvironment whether some of the value came from a variable, which is where secrets are kept
     */
    static ClientProperty of(String name, String value, boolean fromEnvironment) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean secretName = SECRET_NAME.matcher(lower).matches()
                && !PLAIN_NAME.matcher(lower).matches();
        return new ClientProperty(value, fromEnvironment || secretName);
    }

    @Override
    public String toString() {
        return secret ? Secret.HIDDEN : reveal;
    }
}
