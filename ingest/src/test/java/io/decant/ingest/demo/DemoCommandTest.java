package io.decant.ingest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.cli.Console;
import io.decant.ingest.cli.ExitStatus;
import io.decant.ingest.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @Timeout(120)
    void shouldEndWellWithBothRulesHeldAndNothingLeftBehind() {
        assertThat(run("demo", "--seconds", "3")).as(out + "\n" + err).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString().lines())
                .contains(
                        "Rule 1  no bucket holds a key twice           held",
                        "Rule 2  the buckets together are the stream   held")
                .endsWith("Verdict: both rules held.")
                .filteredOn(line -> line.matches(" +\\d+ +\\d\\d:\\d\\d:\\d\\d [ 0-9,]+"))
                .isNotEmpty();
        assertThat(Path.of(found("data +(\\S+), removed"))).doesNotExist();
        assertThat(found("([0-9,]+) records sent, acknowledged and received")).isNotEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "86401", "x"})
    void shouldRefuseADurationThatIsNone(String seconds) {
        assertThat(run("demo", "--seconds", seconds)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines()).singleElement().asString().contains("--seconds");
    }

    private String found(String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(out.toString());
        assertThat(matcher.find()).as(regex).isTrue();
        return matcher.group(1);
    }

    private int run(String... arguments) {
        Console captured = Console.captured(new PrintWriter(out), new PrintWriter(err), Map.of());
        return Main.execute(arguments, captured, DemoCommand::new);
    }
}
