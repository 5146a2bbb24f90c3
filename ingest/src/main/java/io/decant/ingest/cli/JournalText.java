package io.decant.ingest.cli;

import io.decant.config.PrintableText;
import io.decant.ingest.journal.JournalRepair;
import io.decant.ingest.journal.JournalReport;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.StreamId;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** What a journal command found, for a person. */
final class JournalText {
    /** Longest list that is shown unless all are asked for. */
    private static final int LINES_MAX = 20;

    private final PrintWriter out;
    private final boolean all;

    /** @param all whether long lists are shown whole */
    JournalText(PrintWriter out, boolean all) {
        this.out = out;
        this.all = all;
    }

    void inspected(JournalReport report) {
        line("journal %s, format %d", report.id(), report.format());
        line(
                "positions: delivered %d <= cut %d <= synced %d <= appended %d",
                report.delivered(), report.cutEnd(), Math.max(report.synced(), report.cutEnd()), report.end());
        line("");
        line("%-8s %-14s %-12s %-12s %-8s %s", "segment", "base", "end", "file bytes", "entries", "file");
        newest(
                report.segments(),
                segment -> line(
                        "%-8d %-14d %-12d %-12d %-8d %s%s",
                        segment.number(),
                        segment.base(),
                        segment.end(),
                        segment.fileBytes(),
                        segment.entries(),
                        segment.file(),
                        segment.checkpoint() ? "" : " (no checkpoint)"));
        line("");
        line("%-12s %-24s %-24s %-12s %-12s %s", "batch", "window start", "window end", "records", "bytes", "position");
        newest(
                report.batches(),
                batch -> line(
                        "%-12d %-24s %-24s %-12d %-12d %d%s",
                        batch.number(),
                        Instant.ofEpochMilli(batch.windowStartMillis()),
                        Instant.ofEpochMilli(batch.windowEndMillis()),
                        batch.records(),
                        batch.bytes(),
                        batch.start(),
                        (batch.missing() > 0 ? ", " + batch.missing() + " records missing" : "")
                                + (batch.shapeLost() ? ", how it is split is lost" : "")));
        line("uncut: %d records, %d bytes", report.uncutRecords(), report.uncutBytes());
        line("");
        for (Mark mark : report.marks().values()) {
            line(
                    "sink %s: has batch %d, and of the next one %d buckets and %d records",
                    mark.sink(), mark.batch(), mark.bucket(), mark.first());
        }
        List<Map.Entry<StreamId, JournalState.StreamPosition>> streams =
                List.copyOf(report.streams().entrySet());
        newest(
                streams,
                stream -> line(
                        "stream %s/%s: %d records, last %s%s%s",
                        stream.getKey().source(),
                        stream.getKey().name(),
                        stream.getValue().next(),
                        Instant.ofEpochMilli(stream.getValue().lastSeenMillis()),
                        resume(stream.getValue().resume()),
                        cursor(stream.getValue().cursor())));
        newest(
                report.exclusions(),
                exclusion -> line(
                        "set aside: record %d of batch %d: %s",
                        exclusion.ordinal(), exclusion.batch(), exclusion.reason()));
        newest(
                report.plans(),
                plan -> line(
                        "import %s: a plan of %d bytes",
                        plan.source(), plan.payload().length()));
        newest(report.done(), done -> line("import %s: table %s is read", done.source(), done.table()));
        if (report.servedMillis() > 0) {
            line("time served: %d s", report.servedMillis() / 1000);
        }
        report.notices().forEach(notice -> line("%s", notice));
        if (!report.isHealthy()) {
            line("damaged: see 'decant journal verify'");
        }
    }

    private static String resume(ResumePoint resume) {
        return resume.isKnown()
                ? ", to resume at offset " + resume.offset() + " of topic id " + resume.topicText()
                : "";
    }

    private static String cursor(OpaqueBytes cursor) {
        return cursor.isEmpty() ? "" : ", with a cursor of " + cursor.length() + " bytes";
    }

    void verified(JournalReport report) {
        findings(report);
        if (report.isHealthy()) {
            line(
                    "healthy: %d segments, %d entries, batches up to %d",
                    report.segments().size(),
                    report.segments().stream()
                            .mapToLong(JournalReport.Segment::entries)
                            .sum(),
                    report.lastBatch());
        } else {
            lost(report);
            line(
                    "%s",
                    report.refusal().isEmpty()
                            ? "'decant run' would start"
                            : "'decant run' would refuse: " + report.refusal());
            line("'decant journal repair' repairs it; with --dry-run it shows what it would do");
        }
    }

    void repaired(JournalRepair.Result result, boolean dryRun) {
        if (dryRun) {
            findings(result.before());
        }
        if (!result.before().isHealthy()) {
            lost(result.before());
        }
        result.done().forEach(done -> line("%s", done));
        if (result.done().isEmpty()) {
            line("nothing to repair%s", dryRun ? "" : "; unused preallocated space is released");
        } else if (!dryRun) {
            line("repaired: journal %s", result.id());
        }
    }

    void renewed(JournalRepair.Result result) {
        JournalReport before = result.before();
        long undelivered = before.batches().stream()
                .filter(batch -> batch.end() > before.delivered())
                .count();
        line("old journal id: %s", before.id());
        line("new journal id: %s", result.id());
        result.done().forEach(done -> line("%s", done));
        line(
                "undelivered: %d batches, and %d records that are in no batch yet; they are delivered under new"
                        + " idempotency keys",
                undelivered, before.uncutRecords());
        line("requests that were sent before may be sent again under new keys, and receivers cannot tell them"
                + " from new ones");
    }

    private void findings(JournalReport report) {
        newest(
                report.damages(),
                damage -> line(
                        "damaged: %s at offset %d%s: %s%s",
                        damage.file(),
                        damage.offset(),
                        damage.bytes() < 0 ? "" : ", " + damage.bytes() + " bytes",
                        damage.what(),
                        damage.delivered() ? "; everything there was delivered" : ""));
        report.notices().forEach(notice -> line("%s", notice));
    }

    private void lost(JournalReport report) {
        if (!report.isLossy()) {
            line("lost: no undelivered data");
            return;
        }
        line("lost: %s%d undelivered records", report.lostIsLeast() ? "at least " : "", report.lostRecords());
        newest(
                report.losses(),
                loss -> line(
                        "lost: stream %s/%s, records %d to %d",
                        loss.source(), loss.stream(), loss.from(), loss.to() - 1));
        newest(
                report.lostBatches(),
                range -> line(
                        range.first() == range.last()
                                ? "lost: all or some of batch %d"
                                : "lost: all or some of batches %d to %d",
                        range.first(),
                        range.last()));
    }

    private <T> void newest(List<T> list, Consumer<T> show) {
        int from = all ? 0 : Math.max(0, list.size() - LINES_MAX);
        if (from > 0) {
            line("... %d more, see --all", from);
        }
        list.subList(from, list.size()).forEach(show);
    }

    private void line(String format, Object... values) {
        out.println(PrintableText.of(String.format(Locale.ROOT, format, values).stripTrailing()));
    }
}
