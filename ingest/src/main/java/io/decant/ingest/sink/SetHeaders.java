package io.decant.ingest.sink;

import io.decant.config.Secret;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The headers of the settings, in their order. The values are secrets: they go into requests and nowhere else. (That they
 * can be sent, and that none of them is one of the sink's own, the settings have seen to.)
 */
final class SetHeaders {

    /** A shorter word in an answer is no proof that the receiver showed the secret. */
    private static final int REDACTED_CHARS_MIN = 6;

    private final Map<String, String> values = new LinkedHashMap<>();

    SetHeaders(Map<String, Secret> headers) {
        headers.forEach((name, value) -> values.put(name, value.reveal()));
    }

    void addTo(Map<String, String> headers) {
        headers.putAll(values);
    }

    /** Whether the settings have this header, in whatever case. */
    boolean has(String name) {
        return values.keySet().stream().anyMatch(name::equalsIgnoreCase);
    }

    /** The text without the secrets that a receiver may have put into it: the values and their longer words. */
    String redact(String text) {
        String redacted = text;
        for (String value : values.values()) {
            redacted = hide(redacted, value);
            for (String word : value.split("\\s+", -1)) {
                redacted = hide(redacted, word);
            }
        }
        return redacted;
    }

    private static String hide(String text, String secret) {
        return secret.length() < REDACTED_CHARS_MIN ? text : text.replace(secret, Secret.HIDDEN);
    }
}
