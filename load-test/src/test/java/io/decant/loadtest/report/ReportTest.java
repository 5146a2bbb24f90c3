package io.decant.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void shouldTakeTheMiddleOfTheRounds() {
        assertThat(Stats.of(3, 1, 2).median()).isEqualTo(2);
        assertThat(Stats.of(4, 1, 2, 3).median()).isEqualTo(2.5);
        assertThat(Stats.of(7).median()).isEqualTo(7);
        assertThatThrownBy(() -> Stats.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void shouldHaveAsManyRoundsBelowTheMedianAsAbove(
            @ForAll @NotEmpty List<@DoubleRange(min = 0, max = 1e9) Double> rounds) {
        Stats stats = Stats.of(rounds);
        long below = rounds.stream().filter(round -> round < stats.median()).count();
        long above = rounds.stream().filter(round -> round > stats.median()).count();
        assertThat(below).isLessThanOrEqualTo(rounds.size() / 2);
        assertThat(above).isLessThanOrEqualTo(rounds.size() / 2);
        assertThat(stats.median()).isBetween(stats.min(), stats.max());
    }

    @Test
    void shouldCompareRoundByRound() {
        // The machine was twice as slow in the second round, for both.
        assertThat(Stats.of(10, 5, 10).over(Stats.of(20, 10, 20))).isEqualTo(Stats.of(0.5, 0.5, 0.5));
        assertThatThrownBy(() -> Stats.of(1).over(Stats.of(1, 2))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldJudgeTheMedianOfTheRatios() {
        Row row = Row.of("x", "y", Stats.of(8, 7, 9), "limit", Stats.of(10, 10, 10), Target.atLeast(0.8));
        assertThat(row.met()).contains(true);
        assertThat(Row.of("x", "y", row.ours(), "limit", Stats.of(10, 10, 12), Target.atLeast(0.8))
                        .met())
                .contains(false);
        assertThat(Row.of("x", "y", row.ours(), "limit", Stats.of(10, 10, 10), Target.atMost(0.8))
                        .met())
                .contains(true);
        assertThat(Row.of("x", "y", row.ours(), "limit", Stats.of(10, 10, 10), Target.atMost(0.7))
                        .met())
                .contains(false);
        assertThat(Row.of("x", "y", row.ours()).met()).isEmpty();
    }

    private static Report report() {
        Row row = Row.of("acknowledged", "records/s", Stats.of(2e6, 1e6), "C", Stats.of(4e6, 4e6), Target.atLeast(0.8));
        CaseReport good = new CaseReport("ingest", "title", List.of(row), List.of("a note"), List.of("held"), true);
        CaseReport bad = new CaseReport("deliver", "title", List.of(), List.of(), List.of(), false);
        Machine machine = new Machine(2, "cpu", 1L << 30, "kernel", "jdk", "ext4");
        return new Report("0", Instant.EPOCH, machine, "C", 2, 0, List.of(good, bad));
    }

    @Test
    void shouldPrintMediansSpreadRatioTargetAndVerdict() {
        StringWriter text = new StringWriter();
        ReportText printer = new ReportText(new PrintWriter(text));
        printer.printHead(report());
        printer.print(report().cases().get(0));
        assertThat(text.toString())
                .contains("2 cores (cpu)", "1.0 GiB", "kernel", "jdk", "ext4")
                .contains("1.50M (1.00M..2.00M) records/s")
                .contains("against C", "4.00M (4.00M..4.00M)")
                .contains("ratio 0.38 (0.25..0.50)", "target >= 0.8: MISSED")
                .contains("note: a note", "held");
    }

    @Test
    void shouldWriteEveryRound() throws Exception {
        StringWriter json = new StringWriter();
        ReportJson.write(report(), json);
        assertThat(json.toString().replaceAll("\\s", ""))
                .contains("\"verified\":false")
                .contains("\"what\":\"acknowledged\",\"unit\":\"records/s\"")
                .contains("\"ours\":{\"median\":1500000.0,\"min\":1000000.0,\"max\":2000000.0,"
                        + "\"rounds\":[2000000.0,1000000.0]}")
                .contains("\"target\":\">=0.8\",\"met\":false")
                .contains("\"machine\":{\"cores\":2");
    }

    @Test
    void shouldDescribeThisMachine() {
        Machine machine = Machine.of(Path.of("."));
        assertThat(machine.cores()).isPositive();
        assertThat(machine.kernel()).contains(System.getProperty("os.name"));
        assertThat(machine.filesystem()).isNotEmpty();
    }
}
