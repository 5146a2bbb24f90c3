package io.decant.config;

import java.io.IOException;
import java.nio.file.Path;
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

    private static final int UNAUTHORIZED = 401;
    private static final String KEY = "key";

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
        rules.addStatuses();
        rules.addUrl();
        return rules.conflicts;
    }

    private void addAuth() {
        AuthSettings auth = sink.auth();
        List<String> ways = auth.ways();
        if (ways.size() > 1) {
            add(
                    "is set together with " + ways.get(0) + ", but a request has one Authorization header",
                    "remove one",
                    secrets("auth." + ways.get(1)));
        }
        header(Set.of("authorization")).ifPresent(name -> {
            if (!ways.isEmpty()) {
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
        boolean tokensByHttps =
                sink.auth().oauth2().filter(OAuth2Settings::isHttps).isPresent();
        if (!tls.equals(TlsSettings.NONE) && !sink.isHttps() && !tokensByHttps) {
            add("is for https, but the url is not https", "set an https url, or remove tls", Map.of(path + ".tls", ""));
        }
        tls.pairProblem(path + ".tls").ifPresent(conflicts::add);
    }

    private void addStatuses() {
        List<Integer> both =
                sink.retryOn().stream().filter(sink.refuseOn()::contains).toList();
        if (!both.isEmpty()) {
            add(
                    "has " + both.get(0) + ", and so has retry-on",
                    "remove it from one of the two",
                    Map.of(path + ".refuse-on", sink.refuseOn().toString()));
        }
        if (sink.refuseOn().contains(UNAUTHORIZED) && sink.auth().hasTokens()) {
            add(
                    "has " + UNAUTHORIZED + ", which says that the token is no longer good",
                    "remove it",
                    Map.of(path + ".refuse-on", sink.refuseOn().toString()));
        }
    }

    private void addUrl() {
        if (!sink.urlHas(KEY)) {
            return;
        }
        Map<String, String> url = Map.of(path + ".url", sink.shownUrl());
        if (sink.maxRecords() != 1) {
            add("has {key}, but a request has up to " + sink.maxRecords() + " records", "set max-records: 1", url);
        }
        if (sink.countsKeys()) {
            add("has {key}, which is not for format: counts", "remove it, or set another format", url);
        }
    }

    static List<Conflict> bucketConflicts(String path, HttpSinkSettings sink, BucketSettings bucket) {
        if (!sink.urlHas(KEY) || !bucket.frozenKey().isSeveral()) {
            return List.of();
        }
        return List.of(new Conflict(
                Map.of(path + ".url", sink.shownUrl()),
                "has {key}, and with these bucket.keys a record can have several",
                "remove it, or set bucket.key in place of bucket.keys"));
    }

    /** @param auth with absolute paths */
    static List<Conflict> tokenFileConflicts(String path, AuthSettings auth) {
        return auth.tokenFile()
                .flatMap(file -> tokenProblem(file)
                        .map(problem -> new Conflict(
                                Map.of(path + ".auth.token-file", file.toString()),
                                problem,
                                "name a file that has a token and nothing else")))
                .map(List::of)
                .orElse(List.of());
    }

    private static Optional<String> tokenProblem(Path file) {
        try {
            return AuthSettings.isToken(SecretFile.read(file).reveal())
                    ? Optional.empty()
                    : Optional.of("does not hold a token: printable ASCII without blanks");
        } catch (IOException e) {
            return Optional.of(e.getMessage());
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
