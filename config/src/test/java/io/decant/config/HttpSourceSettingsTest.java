package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSourceSettingsTest {

    private static final String LEAST = "sources.in={type: http, address: '127.0.0.1:8081'}";

    @Test
    void shouldTakeAllThatIsSet() {
        HttpSourceSettings settings = (HttpSourceSettings) Yaml.load(
                        Yaml.LEAST,
                        "sources.in={type: http, address: '[::1]:8081', path: /in/records, body: json, max-record: 2KiB,"
                                + " max-body: 3KiB, max-connections: 4, idle-timeout: 0s, body-timeout: 5s,"
                                + " idempotency-retain: 6m, idempotency-max: 7, session-retain: 8h,"
                                + " headers: [X-Request-Id, Decant-Client], proxy-protocol: true,"
                                + " cors-origins: ['https://shop.example', 'http://localhost:3000']}")
                .sources()
                .get("in");

        assertThat(settings)
                .isEqualTo(new HttpSourceSettings(
                        new HostPort("::1", 8081),
                        "/in/records",
                        HttpBody.JSON,
                        new DataSize(2 << 10),
                        new DataSize(3 << 10),
                        4,
                        Duration.ZERO,
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(6),
                        7,
                        Duration.ofHours(8),
                        List.of("X-Request-Id", "Decant-Client"),
                        true,
                        List.of("https://shop.example", "http://localhost:3000"),
                        Optional.empty(),
                        Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path=records | is not a path of a URL",
                "path=/in?x=1 | is not a path of a URL",
                "headers=[X Y] | is not the name of a header",
                "cors-origins=[shop.example] | is not the origin of a web page",
                "cors-origins=['https://shop.example/'] | is not the origin of a web page",
                "idempotency-max=0 | is too small",
                "max-body=65MiB | does not fit: 64MiB of unfinished bodies cannot hold a body of 65MiB"
            })
    void shouldRefuseWhatCannotBe(String set, String message) {
        assertThatThrownBy(() -> Yaml.load(Yaml.LEAST, LEAST, "sources.in." + set))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(message);
    }
}
