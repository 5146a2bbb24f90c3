package io.decant.loadtest.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of a server under test: one TCP source, one HTTP sink, everything else as it is by default but for what
 * is named here.
 *
 * @param overrides dotted keys and values, as {@code --set} takes them
 */
public record ServerSettings(Map<String, String> overrides) {

    /** The name of its source. */
    public static final String SOURCE = "load";

    static final String YAML = """
            name: load-test
            data-dir: data
            shutdown-timeout: 10m
            sources:
              load:
                type: tcp
                address: 127.0.0.1:0
                ack: count
            sinks:
              far-end:
                type: http
                url: http://127.0.0.1:9/
            admin:
              address: 127.0.0.1:0
            """;

    public ServerSettings {
        overrides = Map.copyOf(overrides);
    }

    /** @param url where buckets go */
    public static ServerSettings deliveringTo(String url) {
        return new ServerSettings(Map.of("sinks.far-end.url", url));
    }

    /** With one key more. */
    public ServerSettings with(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(overrides);
        more.put(key, value);
        return new ServerSettings(more);
    }

    /** Nothing is cut, so nothing is delivered, before the server drains. */
    public ServerSettings withoutCuts() {
        return with("batch.interval", "1h")
                .with("batch.max-records", "1000000000")
                .with("journal.max-backlog", "1TiB");
    }

    List<String> arguments() {
        return overrides.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> List.of("--set", entry.getKey() + "=" + entry.getValue()).stream())
                .toList();
    }
}
