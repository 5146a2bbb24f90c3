package io.decant.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Loads texts as a file {@code decant.yaml} in the folder {@code /etc/decant}. */
final class Yaml {
    static final Path BASE_DIR = Path.of("/etc/decant");

    /** The least that loads; its lines are 1 to 8. */
    static final String LEAST = """
            sources:
              logs:
                type: tcp
                address: 127.0.0.1:9999
            sinks:
              api:
                type: http
                url: http://localhost:8000/buckets
            """;

    private Yaml() {}

    static Settings load(String yaml, String... sets) {
        return load(yaml, Map.of(), sets);
    }

    static Settings load(String yaml, Map<String, String> environment, String... sets) {
        return SettingsLoader.parse(yaml, "decant.yaml", BASE_DIR, List.of(sets), environment);
    }

    /** The lines that a text is refused with; none if it loads. */
    static List<String> problems(String yaml, Map<String, String> environment, String... sets) {
        try {
            load(yaml, environment, sets);
            return List.of();
        } catch (SettingsException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    static List<String> problems(String yaml, String... sets) {
        return problems(yaml, Map.of(), sets);
    }

    static TcpSourceSettings tcp(Settings settings, String name) {
        return (TcpSourceSettings) settings.sources().get(name);
    }

    static HttpSinkSettings http(Settings settings, String name) {
        return (HttpSinkSettings) settings.sinks().get(name);
    }
}
