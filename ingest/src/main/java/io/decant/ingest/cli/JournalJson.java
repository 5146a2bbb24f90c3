package io.decant.ingest.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.decant.config.PrintableText;
import io.decant.ingest.journal.ImportDone;
import io.decant.ingest.journal.ImportPlan;
import io.decant.ingest.journal.JournalRepair;
import io.decant.ingest.journal.JournalReport;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.StreamId;
import io.decant.offload.json.Json;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** What a journal command found, as one JSON object: the records are its objects. */
final class JournalJson {
    private JournalJson() {}

    /** @param result what was repaired, or null */
    static void write(PrintWriter out, JournalReport report, JournalRepair.Result result) {
        print(out, result == null ? Report.of(report) : new Repaired(Report.of(report), result.id(), result.done()));
    }

    /** A journal that was given a new id: what it was before, and the id. */
    static void renewed(PrintWriter out, JournalRepair.Result result) {
        print(out, new Renewed(Report.of(result.before()), result.id(), result.done()));
    }

    private static void print(PrintWriter out, Object value) {
        out.println(PrintableText.ofJson(Json.text(value)));
    }

    private record Repaired(@JsonUnwrapped Report before, String repairedId, List<String> done) {}

    private record Renewed(@JsonUnwrapped Report before, String newId, List<String> done) {}

    private record Report(
            String id,
            int format,
            boolean healthy,
            String refusal,
            long appended,
            long synced,
            long cut,
            long delivered,
            long lastBatch,
            long uncutRecords,
            long uncutBytes,
            long servedMillis,
            List<Segment> segments,
            List<Batch> batches,
            List<Sink> sinks,
            List<Stream> streams,
            List<Excluded> exclusions,
            List<Plan> importPlans,
            List<Imported> imported,
            List<Damage> damages,
            List<String> notices,
            Lost lost) {

        static Report of(JournalReport report) {
            return new Report(
                    report.id(),
                    report.format(),
                    report.isHealthy(),
                    report.refusal(),
                    report.end(),
                    report.synced(),
                    report.cutEnd(),
                    report.delivered(),
                    report.lastBatch(),
                    report.uncutRecords(),
                    report.uncutBytes(),
                    report.servedMillis(),
                    each(report.segments(), Segment::of),
                    each(report.batches(), Batch::of),
                    each(report.marks().values(), Sink::of),
                    each(report.streams().entrySet(), stream -> Stream.of(stream.getKey(), stream.getValue())),
                    each(report.exclusions(), found -> new Excluded(found.batch(), found.ordinal(), found.reason())),
                    each(report.plans(), Plan::of),
                    each(report.done(), Imported::of),
                    each(report.damages(), Damage::of),
                    report.notices(),
                    Lost.of(report));
        }
    }

    private static <T, R> List<R> each(Collection<T> values, Function<T, R> of) {
        return values.stream().map(of).toList();
    }

    private record Segment(
            long number, String file, long base, long end, long fileBytes, int entries, boolean checkpoint) {

        static Segment of(JournalReport.Segment segment) {
            return new Segment(
                    segment.number(),
                    segment.file().toString(),
                    segment.base(),
                    segment.end(),
                    segment.fileBytes(),
                    segment.entries(),
                    segment.checkpoint());
        }
    }

    private record Batch(
            long number,
            long windowStart,
            long windowEnd,
            long records,
            long bytes,
            long start,
            long end,
            long missing,
            boolean shapeLost) {

        static Batch of(JournalReport.Batch batch) {
            return new Batch(
                    batch.number(),
                    batch.windowStartMillis(),
                    batch.windowEndMillis(),
                    batch.records(),
                    batch.bytes(),
                    batch.start(),
                    batch.end(),
                    batch.missing(),
                    batch.shapeLost());
        }
    }

    private record Sink(String name, long batch, long next, int bucket, long first, int pieces) {

        static Sink of(Mark mark) {
            return new Sink(
                    mark.sink(),
                    mark.batch(),
                    mark.next(),
                    mark.bucket(),
                    mark.first(),
                    mark.pieces().size());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Stream(
            String source,
            String name,
            long next,
            long lastSeen,
            Long resumeOffset,
            String topicId,
            long seenServedMillis,
            String cursor) {

        static Stream of(StreamId id, JournalState.StreamPosition position) {
            ResumePoint resume = position.resume();
            return new Stream(
                    id.source(),
                    id.name(),
                    position.next(),
                    position.lastSeenMillis(),
                    resume.isKnown() ? (Long) resume.offset() : null,
                    resume.isKnown() ? resume.topicText() : null,
                    position.seenServedMillis(),
                    position.cursor().isEmpty() ? null : position.cursor().toHex());
        }
    }

    private record Excluded(long batch, long ordinal, String reason) {}

    private record Plan(String source, String payload) {

        static Plan of(ImportPlan plan) {
            return new Plan(plan.source(), plan.payload().toHex());
        }
    }

    private record Imported(String source, String table, String planHash, String limits) {

        static Imported of(ImportDone done) {
            return new Imported(
                    done.source(),
                    done.table(),
                    done.planHash().toHex(),
                    done.limits().toHex());
        }
    }

    private record Damage(String file, long offset, long bytes, String what, boolean delivered) {

        static Damage of(JournalReport.Damage damage) {
            return new Damage(
                    damage.file().toString(), damage.offset(), damage.bytes(), damage.what(), damage.delivered());
        }
    }

    private record Lost(long records, boolean atLeast, List<LostOfStream> streams, List<Range> batches) {

        static Lost of(JournalReport report) {
            return new Lost(
                    report.lostRecords(),
                    report.lostIsLeast(),
                    each(
                            report.losses(),
                            loss -> new LostOfStream(loss.source(), loss.stream(), loss.from(), loss.to())),
                    each(report.lostBatches(), range -> new Range(range.first(), range.last())));
        }
    }

    private record LostOfStream(String source, String name, long from, long to) {}

    private record Range(long first, long last) {}
}
