package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The written forms of values: what is read, what is refused, and that what is printed is read back. */
class ValueFormsTest {
    @ParameterizedTest
    @CsvSource({"0, 0, 0B", "4096, 4096, 4KiB", "1500B, 1500, 1500B", "64KiB, 65536, 64KiB", "2048MiB, 2147483648, 2GiB"
    })
    void shouldReadSizes(String text, long bytes, String canonical) {
        assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1 KiB", "1kib", "1MB", "1.5MiB", "9223372036854775808", "9007199254740992KiB"})
    void shouldRefuseOtherSizes(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DataSize.parse(text))
                .withMessageContaining("KiB");
    }

    @Property
    void shouldReadBackEverySize(@ForAll @LongRange(min = 0) long bytes, @ForAll @IntRange(max = 40) int zeros) {
        DataSize size = new DataSize(bytes >> zeros << zeros);

        assertThat(DataSize.parse(size.toString())).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource({
        "0ms, 0, 0s",
        "250ms, 250, 250ms",
        "1000ms, 1000, 1s",
        "120s, 120000, 2m",
        "1h, 3600000, 1h",
        "7d, 604800000, 7d"
    })
    void shouldReadDurations(String text, long millis, String canonical) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(DurationText.print(Duration.ofMillis(millis))).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "-1s", "1 s", "1S", "1.5s", "1m30s", "999999999999999d", "PT1S"})
    void shouldRefuseOtherDurations(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse(text))
                .withMessageContaining("250ms");
    }

    @ParameterizedTest
    @CsvSource({
        "http://my_host:8000/x, my_host, 8000",
        "http://my_host/x, my_host, 80",
        "http://_a.b_c.internal:1, _a.b_c.internal, 1",
        "http://plain:8000/, plain, 8000",
        "https://plain/, plain, 443",
        "'http://[::1]:8000/', [::1], 8000"
    })
    void shouldReadHostsOfUrls(String url, String host, int port) {
        HttpSinkSettings sink = Yaml.http(Yaml.load(Yaml.LEAST, "sinks.api.url=" + url), "api");
        assertThat(sink.host()).isEqualTo(host);
        assertThat(sink.port()).isEqualTo(port);
    }

    @Property
    void shouldReadBackEveryDuration(@ForAll @LongRange(min = 0, max = 999_999_999_999_999L) long millis) {
        Duration duration = Duration.ofMillis(millis);

        assertThat(DurationText.parse(DurationText.print(duration))).isEqualTo(duration);
    }

    @Test
    void shouldRefuseToPrintWhatCannotBeReadBack() {
        assertThatIllegalArgumentException().isThrownBy(() -> DurationText.print(Duration.ofNanos(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> DurationText.print(Duration.ofMillis(-1)));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:0, localhost, 0",
        "my_host.example:65535, my_host.example, 65535",
        "[::1]:80, ::1, 80",
        "[fe80::1%eth0]:80, fe80::1%eth0, 80"
    })
    void shouldReadAddresses(String text, String host, int port) {
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "80",
                ":80",
                "a:",
                "a:-1",
                "a:65536",
                "a:123456",
                "::1:80",
                "[::1]",
                "[a]:1",
                "[:::]:1",
                "[::1%]:1",
                "a/b:1"
            })
    void shouldRefuseOtherAddresses(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(text));
    }

    @Property
    void shouldFindAWordWithOneTypingErrorInIt(
            @ForAll @AlphaChars @StringLength(min = 3, max = 20) String word,
            @ForAll @IntRange(max = 19) int at,
            @ForAll @AlphaChars char other) {
        int place = at % word.length();
        String missing = word.substring(0, place) + word.substring(place + 1);
        String added = word.substring(0, place) + other + word.substring(place);

        assertThat(Nearest.to(added, List.of("0000", word))).contains(word);
        assertThat(Nearest.to(missing, List.of("0000", word))).contains(word);
    }

    @Property
    void shouldMeasureTheSameDistanceBothWays(
            @ForAll @AlphaChars @StringLength(max = 12) String one,
            @ForAll @AlphaChars @StringLength(max = 12) String two) {
        int distance = Nearest.distance(one, two);

        assertThat(distance)
                .isEqualTo(Nearest.distance(two, one))
                .isBetween(Math.abs(one.length() - two.length()), Math.max(one.length(), two.length()));
        assertThat(distance == 0).isEqualTo(one.equals(two));
    }

    @Test
    void shouldCountASwapOfNeighboursAsOneError() {
        assertThat(Nearest.distance("adderss", "address")).isEqualTo(1);
        assertThat(Nearest.to("zebra", List.of("name", "sinks"))).isEqualTo(Optional.empty());
    }

    @Property
    void shouldExpandAnEscapedTextToItself(@ForAll @NotEmpty String text) {
        String braces = text.replace('a', '$').replace('b', '{');
        Environment environment = new Environment(Map.of());

        assertThat(environment.expand(Environment.escape(braces + "$${" + braces)))
                .isEqualTo(braces + "$${" + braces);
    }
}
