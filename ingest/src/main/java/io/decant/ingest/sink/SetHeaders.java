package io.decant.ingest.sink;

import io.decant.config.Secret;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The headers of the settings. Their values are secrets: they go into requests and nowhere else. What carries the contract
 * with the receiver, or frames the message, cannot be set: such a header is refused, not overridden in silence.
 */
final class SetHeaders {

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final String OWN_PREFIX = "decant-";
    private static final Set<String> OWN = Set.of(
            "idempotency-key",
            "content-type",
            "content-length",
            "content-encoding",
            "transfer-encoding",
            "host",
            "connection",
            "keep-alive",
            "expect",
            "te",
            "trailer",
            "upgrade");

    /** A shorter word in an answer is no proof that the receiver showed the secret. */
    private static final int REDACTED_CHARS_MIN = 6;

    private final Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /**
     * @throws IllegalArgumentException where a header cannot be sent or is the sink's own; the message names it and never
     *     its value
     */
    SetHeaders(Map<String, Secret> headers) {
        headers.forEach((name, value) -> values.put(checkedName(name), checkedValue(name, value.reveal())));
    }

    private static String checkedName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("\"" + OneLine.of(name, 80) + "\" is no name of an HTTP header");
        }
        if (OWN.contains(lower) || lower.startsWith(OWN_PREFIX)) {
            throw new IllegalArgumentException("the header " + name + " is set by Decant; take it out of the settings"
                    + (lower.equals("content-type") ? " and use content-type" : ""));
        }
        return name;
    }

    /**
     * The value, if HTTP can carry it.
     *
     * @throws IllegalArgumentException naming the header, not the value
     */
    static String checkedValue(String name, String value) {
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("the header " + name
                    + " has a value that HTTP cannot carry: a line end, a control character, or none of Latin-1");
        }
        return value;
    }

    /** By name, in whatever case. */
    Map<String, String> values() {
        return Collections.unmodifiableMap(values);
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
