package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.KeySpec;
import io.decant.config.HttpSinkSettings;
import io.decant.config.SettingsLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the server and the command line are told of an HTTP sink. */
class HttpSinkComponentTest {

    private static HttpSinkComponent component(String... sets) {
        List<String> all = new ArrayList<>(List.of(
                "sources.in={type: tcp, address: '127.0.0.1:1'}",
                "sinks.api={type: http, url: 'http://localhost:1/'}"));
        all.addAll(List.of(sets));
        return new HttpSinkComponent(
                "api", (HttpSinkSettings) SettingsLoader.parse("", "test", Path.of("/"), all, Map.of())
                        .sinks()
                        .get("api"));
    }

    @Test
    void shouldShowTheUrlAsItIsWrittenWithoutItsQuery() {
        assertThat(component("sinks.api.url=https://h.example:8443/b/{batch}/%7Bx%7D?token=hunter2")
                        .target())
                .isEqualTo("https://h.example:8443/b/{batch}/%7Bx%7D");
        assertThat(component("sinks.api.url=http://h.example").target()).isEqualTo("http://h.example");
    }

    @Test
    void shouldTryToReachReceiverAndTokenEndpoint() throws IOException {
        int port = TransportHarness.closedPort();

        assertThat(component(
                                "sinks.api.url=http://127.0.0.1:" + port + "/",
                                "sinks.api.auth.oauth2={token-url: 'http://127.0.0.1:" + port
                                        + "/token', client-id: a, client-secret: b}")
                        .connectionProblems(KeySpec.RECORD))
                .hasSize(2)
                .allMatch(problem -> problem.startsWith("sink api: no connection to 127.0.0.1:" + port + ": "));
    }

    @Test
    void shouldTryToReachTheProxyInPlaceOfWhatIsBehindIt() throws IOException {
        int closed = TransportHarness.closedPort();
        String[] behind = {
            "sinks.api.url=https://receiver.invalid/", "sinks.api.proxy='http://localhost:" + closed + "'"
        };
        try (TestProxy proxy = new TestProxy("")) {
            assertThat(component(
                                    "sinks.api.url=https://receiver.invalid/",
                                    "sinks.api.proxy='http://edge:hunter2@localhost:" + proxy.port() + "'")
                            .connectionProblems(KeySpec.RECORD))
                    .isEmpty();
        }
        assertThat(component(behind).connectionProblems(KeySpec.RECORD))
                .singleElement()
                .asString()
                .startsWith("sink api: no connection to localhost:" + closed + ": ");
    }
}
