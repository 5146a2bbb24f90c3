package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    @ValueSource(
            strings = {
                "${NONE}",
                "${",
                "${}",
                "${A",
                "${A:-",
                "${A-b}",
                "${1}",
                "${A }",
                "x ${A} ${",
                "${file:}",
                "${file:x"
            })
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
    void shouldReadFilesRelativeToTheFolderWithoutTheNewlineAtTheEnd(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("token"), "hunter2 ${A}\n\n");
        Files.writeString(folder.resolve("crlf"), "hunter2\r\n");
        Files.writeString(folder.resolve("empty"), "\n");
        Environment environment = new Environment(Map.of("A", "one"), folder);

        assertThat(environment.expand("x${file:token}y")).isEqualTo("xhunter2 ${A}\ny");
        assertThat(environment.expandSecret("${file:crlf}")).isEqualTo("hunter2");
        assertThat(environment.expandSecret("${file:" + folder.resolve("crlf") + "}"))
                .isEqualTo("hunter2");
        assertThat(environment.expand("[${file:empty}]")).isEqualTo("[]");
        assertThat(environment.expand("$${file:token}")).isEqualTo("${file:token}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> environment.expandSecret("${file:empty}"))
                .withMessageContaining("refers to the file empty, which is empty");
    }

    @Test
    void shouldSayWhyAFileCannotBeReadAndNothingOfWhatIsInIt(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 'h', 'u', 'n', 't', 'e', 'r', '2'});
        Files.writeString(folder.resolve("long"), "hunter2".repeat(10_000));
        Files.writeString(folder.resolve("words"), "hunter2 hunter2\n");
        String bearer = Yaml.LEAST + "    auth: {bearer: \"${file:%s}\"}\n";

        assertThat(Yaml.problems(bearer.formatted("/nowhere/token"), Map.of()))
                .containsExactly("decant.yaml:9: sinks.api.auth.bearer: <hidden> refers to the file /nowhere/token,"
                        + " which does not exist");
        assertThat(Yaml.problems(bearer.formatted(folder.resolve("binary")), Map.of()))
                .singleElement()
                .asString()
                .endsWith("which is not UTF-8");
        assertThat(Yaml.problems(bearer.formatted(folder.resolve("long")), Map.of()))
                .singleElement()
                .asString()
                .endsWith("which is longer than 64 KiB");
        assertThat(Yaml.problems(bearer.formatted(folder), Map.of()))
                .singleElement()
                .asString()
                .contains("which cannot be read: ");
        assertThat(Yaml.problems(bearer.formatted(folder.resolve("words")), Map.of()))
                .containsExactly("decant.yaml:9: sinks.api.auth.bearer: <hidden> is not a token; write printable ASCII"
                        + " without blanks");
        assertThat(Yaml.problems(Yaml.LEAST + "    max-records: ${file:" + folder.resolve("words") + "}\n", Map.of()))
                .singleElement()
                .asString()
                .doesNotContain("hunter2");
    }

    @Test
    void shouldHideWhatAVariableBringsIntoAHeader() {
        assertThat(Yaml.problems(Yaml.LEAST + "    headers: {A: \"${T}\"}\n", Map.of("T", "hunter2\n")))
                .containsExactly("decant.yaml:9: sinks.api.headers.A: <hidden> has characters outside printable ASCII;"
                        + " encode it as its receiver expects");
    }
}
