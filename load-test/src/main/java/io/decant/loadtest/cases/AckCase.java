package io.decant.loadtest.cases;

import io.decant.config.AckMode;
import io.decant.loadtest.Folders;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Stats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the ways to acknowledge cost. */
final class AckCase implements LoadCase {

    private static final int SECONDS = 3;
    private static final String BASE = "count";

    @Override
    public String name() {
        return "acks";
    }

    @Override
    public String title() {
        return "TCP to synced, by the way of acknowledging: count, flume, none, and count in a session";
    }

    private static Map<String, FloodOptions> ways() {
        long outstanding = FloodOptions.OUTSTANDING_BYTES_DEFAULT;
        Map<String, FloodOptions> ways = new LinkedHashMap<>();
        ways.put(BASE, FloodOptions.DEFAULT);
        ways.put("flume", new FloodOptions(1, AckMode.FLUME, false, outstanding));
        ways.put("none", new FloodOptions(1, AckMode.NONE, false, outstanding));
        ways.put("session", new FloodOptions(1, AckMode.COUNT, true, outstanding));
        return ways;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        RecordPool pool = RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, test.seed());
        IngestRound round = new IngestRound(test, pool, test.secondsOr(SECONDS));
        Map<String, Series<Pace>> paces = new LinkedHashMap<>();
        for (int i = 0; i < test.rounds(); i++) {
            test.progress("round " + (i + 1) + " of " + test.rounds());
            for (Map.Entry<String, FloodOptions> way : ways().entrySet()) {
                paces.computeIfAbsent(way.getKey(), name -> new Series<>())
                        .add(round.ours(way.getValue(), IngestRound.settings(way.getValue())));
            }
        }
        Stats base = paces.get(BASE).stats(Pace::recordsPerSecond);
        List<Row> rows = new ArrayList<>();
        List<String> checks = new ArrayList<>();
        boolean held = true;
        for (Map.Entry<String, FloodOptions> way : ways().entrySet()) {
            rows.add(Row.of(
                    way.getKey(), "records/s", paces.get(way.getKey()).stats(Pace::recordsPerSecond), BASE, base));
            Path folder = test.folder().resolve("verify");
            Verification verification =
                    Verification.of(test, folder, pool, way.getValue(), IngestRound.settings(way.getValue()));
            Folders.delete(folder);
            checks.add(way.getKey() + ":");
            checks.addAll(verification.lines());
            held &= verification.held();
        }
        return new CaseReport(name(), title(), rows, List.of(IngestRound.NOTE), checks, held);
    }
}
