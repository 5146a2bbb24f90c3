package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ServerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** TCP to synced and acknowledged, with nothing to deliver to. */
final class IngestCase implements LoadCase {

    static final int CHUNK_BYTES = 256 << 10;

    private static final int SECONDS = 5;
    private static final Target TARGET = Target.atLeast(0.75);
    /** New pages are dear. */
    private static final Target GROWING_TARGET = Target.atLeast(2);

    @Override
    public String name() {
        return "ingest";
    }

    @Override
    public String title() {
        return "TCP to synced and acknowledged, flat out, one connection, nothing delivered";
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        RecordPool pool = RecordPool.of(RecordShape.STANDARD, CHUNK_BYTES, test.seed());
        IngestRound round = new IngestRound(test, pool, test.secondsOr(SECONDS));
        Series<Pace> limit = new Series<>();
        Series<Pace> growing = new Series<>();
        Series<Pace> ours = new Series<>();
        Series<Pace> cached = new Series<>();
        Series<Pace> earlier = new Series<>();
        for (int i = 0; i < test.rounds(); i++) {
            test.progress("round " + (i + 1) + " of " + test.rounds());
            limit.add(round.limit());
            growing.add(round.growingLimit());
            test.inTurn(
                    i,
                    home -> ours.add(round.of(home, FloodOptions.DEFAULT, IngestRound.settings())),
                    home -> earlier.add(round.of(home, FloodOptions.DEFAULT, IngestRound.settings())));
            cached.add(round.ours(FloodOptions.DEFAULT, IngestRound.cachedSettings()));
        }
        List<String> checks = new ArrayList<>();
        boolean held = true;
        for (ServerSettings settings : List.of(IngestRound.settings(), IngestRound.cachedSettings())) {
            Path folder = test.folder().resolve("verify");
            Verification verification =
                    Verification.of(test, folder, pool, FloodOptions.DEFAULT, settings.withoutCuts());
            Folders.delete(folder);
            checks.addAll(verification.lines());
            held &= verification.held();
        }
        String against = test.limit().name() + " limit";
        List<Row> rows = new ArrayList<>(Pace.rows("acknowledged", ours, against, limit, TARGET));
        rows.add(Row.of(
                "acknowledged",
                "records/s",
                ours.stats(Pace::recordsPerSecond),
                against + " that writes into a growing file",
                growing.stats(Pace::recordsPerSecond),
                GROWING_TARGET));
        rows.addAll(Pace.earlierRows("acknowledged", ours, earlier));
        rows.add(Row.of(
                "acknowledged, all kept in the page cache",
                "records/s",
                cached.stats(Pace::recordsPerSecond),
                against,
                limit.stats(Pace::recordsPerSecond)));
        return new CaseReport(
                name(),
                title(),
                rows,
                List.of("the generator is on the same cores, for both", IngestRound.NOTE),
                checks,
                held);
    }
}
