package io.decant.loadtest.report;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** A report for a person. */
public final class ReportText {

    private final PrintWriter out;

    public ReportText(PrintWriter out) {
        this.out = out;
    }

    /** What stands above all: where it is measured, and how to read it. */
    public void printHead(Report report) {
        Machine machine = report.machine();
        out.printf(
                Locale.ROOT,
                "decant %s, %s, %d cores (%s), %.1f GiB, %s, %s, %s%n",
                report.version(),
                report.at(),
                machine.cores(),
                machine.processor(),
                machine.memoryBytes() / (double) (1L << 30),
                machine.kernel(),
                machine.jdk(),
                machine.filesystem());
        out.printf(
                Locale.ROOT,
                "Medians of %d rounds in turn, with the least and the most; a ratio is the median of the rounds'"
                        + " own. Limit: %s.%n",
                report.rounds(),
                report.limit());
        out.flush();
    }

    /** One case. */
    public void print(CaseReport report) {
        out.printf("%n%s: %s%n", report.name(), report.title());
        for (Row row : report.rows()) {
            out.println("  " + ours(row));
            theirs(row).ifPresent(line -> out.println("    " + line));
        }
        report.notes().forEach(note -> out.println("  note: " + note));
        report.checks().forEach(check -> out.println("  " + check));
        out.flush();
    }

    /** What was measured, and what it is. */
    public static String ours(Row row) {
        return String.format(Locale.ROOT, "%-46s %s %s", row.what(), figure(row.ours()), row.unit());
    }

    /** What it is compared with. */
    private static Optional<String> theirs(Row row) {
        return row.ratio()
                .map(ratio -> String.format(
                        Locale.ROOT,
                        "%-44s %s, ratio %s%s",
                        "against " + row.against().orElseThrow(),
                        figure(row.theirs().orElseThrow()),
                        figure(ratio),
                        verdict(row)));
    }

    private static String verdict(Row row) {
        Optional<Boolean> met = row.met();
        return met.isEmpty() ? "" : ", target " + row.target().orElseThrow() + (met.get() ? ": met" : ": MISSED");
    }

    /** The median, and in parentheses the least and the most. */
    static String figure(Stats stats) {
        return brief(stats.median()) + " (" + brief(stats.min()) + ".." + brief(stats.max()) + ")";
    }

    private static String brief(double number) {
        double size = Math.abs(number);
        if (size >= 1e9) {
            return String.format(Locale.ROOT, "%.2fG", number / 1e9);
        }
        if (size >= 1e6) {
            return String.format(Locale.ROOT, "%.2fM", number / 1e6);
        }
        if (size >= 1e4) {
            return String.format(Locale.ROOT, "%.1fk", number / 1e3);
        }
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", number);
    }
}
