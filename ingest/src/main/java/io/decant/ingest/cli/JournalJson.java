package io.decant.ingest.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.decant.config.PrintableText;
import io.decant.ingest.journal.JournalRepair;
import io.decant.ingest.journal.JournalReport;
import io.decant.ingest.journal.ResumePoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;

/** What a journal command found, as one JSON object. */
final class JournalJson {
    private JournalJson() {}

    private interface Each<T> {
        void write(T value) throws IOException;
    }

    /** @param result what was repaired, or null */
    static void write(PrintWriter out, JournalReport report, JournalRepair.Result result) {
        write(out, report, result, "repairedId");
    }

    /** A journal that was given a new id: what it was before, and the id. */
    static void renewed(PrintWriter out, JournalRepair.Result result) {
        write(out, result.before(), result, "newId");
    }

    private static void write(PrintWriter out, JournalReport report, JournalRepair.Result result, String idName) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            report(json, report);
            if (result != null) {
                json.writeStringField(idName, result.id());
                json.writeArrayFieldStart("done");
                for (String done : result.done()) {
                    json.writeString(done);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write JSON", e);
        }
        out.println(PrintableText.ofJson(text.toString()));
    }

    private static void report(JsonGenerator json, JournalReport report) throws IOException {
        json.writeStringField("id", report.id());
        json.writeNumberField("format", report.format());
        json.writeBooleanField("healthy", report.isHealthy());
        json.writeStringField("refusal", report.refusal());
        json.writeNumberField("appended", report.end());
        json.writeNumberField("synced", report.synced());
        json.writeNumberField("cut", report.cutEnd());
        json.writeNumberField("delivered", report.delivered());
        json.writeNumberField("lastBatch", report.lastBatch());
        json.writeNumberField("uncutRecords", report.uncutRecords());
        json.writeNumberField("uncutBytes", report.uncutBytes());
        json.writeNumberField("servedMillis", report.servedMillis());
        array(json, "segments", report.segments(), segment -> {
            json.writeNumberField("number", segment.number());
            json.writeStringField("file", segment.file().toString());
            json.writeNumberField("base", segment.base());
            json.writeNumberField("end", segment.end());
            json.writeNumberField("fileBytes", segment.fileBytes());
            json.writeNumberField("entries", segment.entries());
            json.writeBooleanField("checkpoint", segment.checkpoint());
        });
        array(json, "batches", report.batches(), batch -> {
            json.writeNumberField("number", batch.number());
            json.writeNumberField("windowStart", batch.windowStartMillis());
            json.writeNumberField("windowEnd", batch.windowEndMillis());
            json.writeNumberField("records", batch.records());
            json.writeNumberField("bytes", batch.bytes());
            json.writeNumberField("start", batch.start());
            json.writeNumberField("end", batch.end());
            json.writeNumberField("missing", batch.missing());
            json.writeBooleanField("shapeLost", batch.shapeLost());
        });
        array(json, "sinks", report.marks().values(), mark -> {
            json.writeStringField("name", mark.sink());
            json.writeNumberField("batch", mark.batch());
            json.writeNumberField("next", mark.next());
            json.writeNumberField("bucket", mark.bucket());
            json.writeNumberField("first", mark.first());
            json.writeNumberField("pieces", mark.pieces().size());
        });
        array(json, "streams", report.streams().entrySet(), stream -> {
            json.writeStringField("source", stream.getKey().source());
            json.writeStringField("name", stream.getKey().name());
            json.writeNumberField("next", stream.getValue().next());
            json.writeNumberField("lastSeen", stream.getValue().lastSeenMillis());
            ResumePoint resume = stream.getValue().resume();
            if (resume.isKnown()) {
                json.writeNumberField("resumeOffset", resume.offset());
                json.writeStringField("topicId", resume.topicText());
            }
            json.writeNumberField("seenServedMillis", stream.getValue().seenServedMillis());
            if (!stream.getValue().cursor().isEmpty()) {
                json.writeStringField("cursor", stream.getValue().cursor().toHex());
            }
        });
        array(json, "exclusions", report.exclusions(), exclusion -> {
            json.writeNumberField("batch", exclusion.batch());
            json.writeNumberField("ordinal", exclusion.ordinal());
            json.writeStringField("reason", exclusion.reason());
        });
        array(json, "importPlans", report.plans(), plan -> {
            json.writeStringField("source", plan.source());
            json.writeStringField("payload", plan.payload().toHex());
        });
        array(json, "imported", report.done(), done -> {
            json.writeStringField("source", done.source());
            json.writeStringField("table", done.table());
            json.writeStringField("planHash", done.planHash().toHex());
            json.writeStringField("limits", done.limits().toHex());
        });
        array(json, "damages", report.damages(), damage -> {
            json.writeStringField("file", damage.file().toString());
            json.writeNumberField("offset", damage.offset());
            json.writeNumberField("bytes", damage.bytes());
            json.writeStringField("what", damage.what());
            json.writeBooleanField("delivered", damage.delivered());
        });
        json.writeArrayFieldStart("notices");
        for (String notice : report.notices()) {
            json.writeString(notice);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("lost");
        json.writeNumberField("records", report.lostRecords());
        json.writeBooleanField("atLeast", report.lostIsLeast());
        array(json, "streams", report.losses(), loss -> {
            json.writeStringField("source", loss.source());
            json.writeStringField("name", loss.stream());
            json.writeNumberField("from", loss.from());
            json.writeNumberField("to", loss.to());
        });
        array(json, "batches", report.lostBatches(), range -> {
            json.writeNumberField("first", range.first());
            json.writeNumberField("last", range.last());
        });
        json.writeEndObject();
    }

    private static <T> void array(JsonGenerator json, String name, Collection<T> values, Each<T> each)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (T value : values) {
            json.writeStartObject();
            each.write(value);
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
