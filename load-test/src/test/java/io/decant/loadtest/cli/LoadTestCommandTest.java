package io.decant.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.cli.Console;
import io.decant.ingest.cli.ExitStatus;
import io.decant.loadtest.cases.LoadCase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class LoadTestCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        Console captured = Console.captured(new PrintWriter(out), new PrintWriter(err), Map.of());
        return new CommandLine(new LoadTestCommand(captured, Path.of("nowhere")))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void shouldListTheChoicesWhenTheCaseIsUnknown() {
        assertThat(run("--case", "everything")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString())
                .contains("--case: 'everything' is not a case")
                .contains("ingest, deliver, latency, assign, restart, acks, growth, kafka, soak, jmh");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"--rounds, 4", "--rounds, 1001", "--seconds, 0", "--seconds, 86401", "--rounds, many", "--seconds, -1"})
    void shouldRefuseWhatIsOutOfRange(String option, String value) {
        assertThat(run(option, value)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString()).contains(option, value);
    }

    @Test
    void shouldRefuseAnEarlierBuildThatIsNone() {
        assertThat(run("--case", "ingest", "--earlier", "elsewhere")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString()).contains("--earlier: elsewhere holds no bin/decant");
    }

    @Test
    void shouldNameEveryCaseInItsHelp() {
        String help = new CommandLine(new LoadTestCommand(
                        Console.captured(new PrintWriter(out), new PrintWriter(err), Map.of()), Path.of("")))
                .getUsageMessage();
        assertThat(LoadCase.all()).map(LoadCase::name).allMatch(help::contains);
        assertThat(LoadCase.table()).map(LoadCase::name).doesNotContain("soak", "jmh");
    }
}
