package io.decant.loadtest.cases;

import io.decant.loadtest.jmh.Benchmarks;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Stats;
import java.util.List;

/** The parts of the path one by one, by JMH. */
final class JmhCase implements LoadCase {

    private static final int SECONDS = 1;

    @Override
    public String name() {
        return "jmh";
    }

    @Override
    public String title() {
        return "framing, hashing, assignment, CRC, journal append, each by itself";
    }

    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) {
        List<Row> rows = Benchmarks.run(test.folder(), test.rounds(), test.secondsOr(SECONDS)).stream()
                .map(score -> Row.of(score.name(), score.unit(), Stats.of(score.iterations())))
                .toList();
        return new CaseReport(
                name(), title(), rows, List.of("a fork each; the figures are its iterations"), List.of(), true);
    }
}
