package io.decant.loadtest.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.decant.offload.json.Json;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** A report for a program, every round of every figure: the records are its objects. */
public final class ReportJson {

    private ReportJson() {}

    /** Closes {@code out}. */
    public static void write(Report report, Writer out) throws IOException {
        try (out) {
            out.write(Json.prettyText(Root.of(report)));
        }
    }

    private record Root(
            String version,
            String at,
            Machine machine,
            String limit,
            int rounds,
            int seconds,
            boolean verified,
            List<Case> cases) {

        static Root of(Report report) {
            return new Root(
                    report.version(),
                    report.at().toString(),
                    report.machine(),
                    report.limit(),
                    report.rounds(),
                    report.seconds(),
                    report.verified(),
                    report.cases().stream().map(Case::of).toList());
        }
    }

    private record Case(
            String name, String title, boolean verified, List<Line> rows, List<String> notes, List<String> checks) {

        static Case of(CaseReport report) {
            return new Case(
                    report.name(),
                    report.title(),
                    report.verified(),
                    report.rows().stream().map(Line::of).toList(),
                    report.notes(),
                    report.checks());
        }
    }

    /** What it is compared with, and the target, are there where the row has them. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(
            String what,
            String unit,
            Stats ours,
            String against,
            Stats theirs,
            Stats ratio,
            String target,
            Boolean met) {

        static Line of(Row row) {
            return new Line(
                    row.what(),
                    row.unit(),
                    row.ours(),
                    row.against().orElse(null),
                    row.theirs().orElse(null),
                    row.ratio().orElse(null),
                    row.target().map(Target::toString).orElse(null),
                    row.met().orElse(null));
        }
    }
}
