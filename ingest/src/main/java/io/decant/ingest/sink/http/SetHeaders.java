package io.decant.ingest.sink.http;

import io.decant.config.HttpSinkSettings;
import io.decant.config.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The headers that the settings add to each request: auth, then those under {@code headers} in their order. The values
 * are secrets: they go into requests and nowhere else. (That they can be sent, and that none of them is one of the
 * sink's own, the settings have seen to.)
 */
final class SetHeaders {

    static final String AUTHORIZATION = "Authorization";

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Redaction redaction;

    SetHeaders(HttpSinkSettings settings) {
        Secret authorization = settings.auth().authorization();
        if (!authorization.isEmpty()) {
            values.put(AUTHORIZATION, authorization.reveal());
        }
        settings.headers().forEach((name, value) -> values.put(name, value.reveal()));
        redaction = redaction(settings);
    }

    private Redaction redaction(HttpSinkSettings settings) {
        Set<String> secrets = new TreeSet<>(values.values());
        values.values().forEach(value -> secrets.addAll(List.of(value.split("\\s+", -1))));
        String basic = settings.auth().basic().reveal();
        secrets.add(basic);
        secrets.add(basic.substring(basic.indexOf(':') + 1));
        String signing = settings.signingSecret().reveal();
        secrets.add(signing);
        secrets.add(signing.substring(signing.indexOf('_') + 1));
        return new Redaction(secrets);
    }

    void addTo(Map<String, String> headers) {
        headers.putAll(values);
    }

    /** Whether the settings have this header, in whatever case. */
    boolean has(String name) {
        return values.keySet().stream().anyMatch(name::equalsIgnoreCase);
    }

    /**
     * The text without the secrets that a receiver may have put into it: the values, their longer words, what they are
     * made of.
     */
    String redact(String text) {
        return redaction.of(text);
    }
}
