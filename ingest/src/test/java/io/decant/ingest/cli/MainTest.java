package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.offload.console.CheckedOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldSayItsVersion() {
        assertThat(run("--version")).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString())
                .matches("decant \\d+\\.\\d+\\.\\d+\\S*\\Rcommit: ([0-9a-f]{40}|unknown)\\Rjournal format: 2\\R");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldListItsCommandsInHelp() {
        assertThat(run("--help")).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).contains("Usage: decant", "--verbose", "--log-format", "pour", "Pours for a test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version"})
    void shouldTakeHelpAndVersionAfterACommandToo(String option) {
        assertThat(run("pour", option)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).contains("decant").doesNotContain("poured");
    }

    @Test
    void shouldRunACommand() {
        assertThat(run("pour", "--into", "a glass")).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).isEqualTo("poured into a glass" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(strings = {"poor", "--nonsense", "pour --nonsense", "pour --into", "--log-format xml pour", ""})
    void shouldRefuseWrongUsageInOneLine(String arguments) {
        assertThat(run(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("decant: ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldSuggestTheDemoOnATerminalAlone() {
        assertThat(run()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString()).doesNotContain("demo");
        Console terminal = new Console(new PrintWriter(out), new PrintWriter(err), true, true, Map.of("NO_COLOR", "1"));
        assertThat(Main.execute(new String[0], terminal, List.of(new Pour(terminal))))
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines().toList().get(1))
                .isEqualTo("decant: Which command? 'decant demo' shows what it does. See 'decant --help'.");
    }

    @Test
    void shouldSuggestTheNearestCommand() {
        run("poure");
        assertThat(err.toString()).contains("'poure'", "Did you mean", "pour", "See 'decant --help'.");
    }

    @Test
    void shouldEndWithTheStatusAndTheLineThatACommandAsksFor() {
        assertThat(run("pour", "--into", "settings")).isEqualTo(ExitStatus.BAD_SETTINGS);
        assertThat(err.toString()).isEqualTo("decant: decant.yaml:3: no such key" + System.lineSeparator());
    }

    @Test
    void shouldTellTheUnexpectedInOneLine() {
        assertThat(run("pour", "--into", "nowhere")).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("IOException: no glass\\nat all", "--verbose");
    }

    @ParameterizedTest
    @ValueSource(strings = {"settings", "nowhere"})
    void shouldShowStackTracesWhenVerbose(String into) {
        run("pour", "--into", into, "--verbose");
        assertThat(err.toString()).contains("\tat " + Pour.class.getName() + ".call");
    }

    @Test
    void shouldLogAsAsked() {
        run("--log-format", "json", "pour");
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("{")
                .endsWith("}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "--help", "pour --help", "pour --into glass", "pour --into glass --verbose"})
    void shouldFailWhereItsOutputCannotBeWritten(String arguments) {
        PrintWriter full = CheckedOutput.writer(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        Console captured = Console.captured(full, new PrintWriter(err), Map.of());
        assertThat(Main.execute(arguments.split(" "), captured, List.of(new Pour(captured))))
                .isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()
                        .lines()
                        .filter(line -> line.contains("No space left"))
                        .findFirst())
                .hasValueSatisfying(line -> assertThat(line)
                        .startsWith("decant: cannot write to standard output: No space left on device; "));
        assertThat(err.toString().lines().count() > 1).isEqualTo(arguments.contains("--verbose"));
    }

    private int run(String... arguments) {
        Console captured = Console.captured(new PrintWriter(out), new PrintWriter(err), Map.of());
        return Main.execute(arguments, captured, List.of(new Pour(captured)));
    }

    @Command(name = "pour", description = "Pours for a test.")
    static final class Pour implements Callable<Integer> {
        private final Console out;

        @Option(names = "--into", description = "What takes it.")
        private String into;

        Pour(Console out) {
            this.out = out;
        }

        @Override
        public Integer call() throws IOException {
            if ("settings".equals(into)) {
                throw new CliException(ExitStatus.BAD_SETTINGS, "decant.yaml:3: no such key");
            }
            if ("nowhere".equals(into)) {
                throw new IOException("no glass\nat all");
            }
            if (into == null) {
                LoggerFactory.getLogger(Pour.class).info("poured nothing");
            } else {
                out.out().println("poured into " + into);
            }
            return ExitStatus.DONE;
        }
    }
}
