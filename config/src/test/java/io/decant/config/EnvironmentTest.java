package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
    private static final Environment ENVIRONMENT =
            new Environment(Map.of("A", "one", "EMPTY", "", "LOOP", "${A}", "_x9", "low"));

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            ${A}            => one
            x${A}y${_x9}z   => xoneylowz
            ${NONE:-two}    => two
            ${EMPTY:-two}   => two
            [${EMPTY}]      => []
            [${NONE:-}]     => []
            ${A:-two}       => one
            ${NONE:-$A:-}   => $A:-
            ${LOOP}         => ${A}
            $A $ $$ {A}     => $A $ $$ {A}
            $${A}           => ${A}
            $$${A}          => $${A}
            $${             => ${
            """)
    void shouldExpand(String text, String expanded) {
        assertThat(ENVIRONMENT.expand(text)).isEqualTo(expanded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"${NONE}", "${", "${}", "${A", "${A:-", "${A-b}", "${1}", "${A }", "x ${A} ${"})
    void shouldRefuse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ENVIRONMENT.expand(text));
    }

    @Test
    void shouldExpandInValuesOfTheFileAndOfOptionsAndNotInKeys() {
        Map<String, String> variables = Map.of("NAME", "edge", "PORT", "7", "TOKEN", "hunter2");
        Settings settings = Yaml.load(
                Yaml.LEAST.replace("9999", "${PORT}") + "name: ${NAME}-1\ndata-dir: ${DIR:-var}\n",
                variables,
                "sinks.api.headers.Authorization=Bearer ${TOKEN}");

        assertThat(settings.name()).isEqualTo("edge-1");
        assertThat(settings.dataDir()).isEqualTo(Yaml.BASE_DIR.resolve("var"));
        assertThat(Yaml.tcp(settings, "logs").address().map(HostPort::port)).contains(7);
        assertThat(Yaml.http(settings, "api").headers()).containsEntry("Authorization", new Secret("Bearer hunter2"));
        assertThat(Yaml.problems(Yaml.LEAST + "${NAME}: x\n", variables)).hasSize(1);
    }

    @Test
    void shouldHideWhatAVariableBringsIntoAHeader() {
        assertThat(Yaml.problems(Yaml.LEAST + "    headers: {A: \"${T}\"}\n", Map.of("T", "hunter2\n")))
                .containsExactly("decant.yaml:9: sinks.api.headers.A: <hidden> has characters outside printable ASCII;"
                        + " encode it as its receiver expects");
    }
}
