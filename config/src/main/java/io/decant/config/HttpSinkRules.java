package io.decant.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the settings of an HTTP sink must be to each other. */
final class HttpSinkRules {

    private static final Set<String> SIGNATURE_HEADERS = Set.of("webhook-id", "webhook-timestamp", "webhook-signature");

    private final String path;
    private final HttpSinkSettings sink;
    private final List<Conflict> conflicts = new ArrayList<>();

    private HttpSinkRules(String path, HttpSinkSettings sink) {
        this.path = path;
        this.sink = sink;
    }

    /** @param path the sink's dotted key */
    static List<Conflict> conflicts(String path, HttpSinkSettings sink) {
        HttpSinkRules rules = new HttpSinkRules(path, sink);
        rules.addAuth();
        rules.addSignature();
        rules.addTls();
        return rules.conflicts;
    }

    private void addAuth() {
        AuthSettings auth = sink.auth();
        if (!auth.basic().isEmpty() && !auth.bearer().isEmpty()) {
            add(
                    "is set together with basic, but a request has one Authorization header",
                    "remove one",
                    secrets("auth.bearer"));
        }
        header(Set.of("authorization")).ifPresent(name -> {
            if (!auth.authorization().isEmpty()) {
                add("is also set by auth", "remove one", secrets("headers." + name, "auth"));
            }
        });
    }

    private void addSignature() {
        header(SIGNATURE_HEADERS).ifPresent(name -> {
            if (!sink.signingSecret().isEmpty()) {
                add("is set by signing-secret", "remove one", secrets("headers." + name, "signing-secret"));
            }
        });
    }

    private void addTls() {
        TlsSettings tls = sink.tls();
        if (sink.isHttps() && tls.serverName().isEmpty() && sink.host().indexOf('_') >= 0) {
            add(
                    "has a _ in its host, which no certificate can be checked for",
                    "set tls.server-name to the name in the receiver's certificate",
                    Map.of(path + ".url", sink.url().toString()));
        }
        if (!tls.equals(TlsSettings.NONE) && !sink.isHttps()) {
            add("is for https, but the url is not https", "set an https url, or remove tls", Map.of(path + ".tls", ""));
        }
        if (tls.certificate().isPresent() != tls.key().isPresent()) {
            String present = tls.certificate().isPresent() ? "certificate" : "key";
            String absent = tls.certificate().isPresent() ? "key" : "certificate";
            String file = tls.certificate().or(tls::key).orElseThrow().toString();
            add("has no effect without tls." + absent, "set both or none", Map.of(path + ".tls." + present, file));
        }
    }

    /** The first of these headers that the settings have, as they write it. */
    private Optional<String> header(Set<String> lowerCaseNames) {
        return sink.headers().keySet().stream()
                .filter(name -> lowerCaseNames.contains(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    private Map<String, String> secrets(String... keys) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String key : keys) {
            values.put(path + "." + key, Secret.HIDDEN);
        }
        return values;
    }

    private void add(String text, String wayOut, Map<String, String> values) {
        conflicts.add(new Conflict(values, text, wayOut));
    }
}
