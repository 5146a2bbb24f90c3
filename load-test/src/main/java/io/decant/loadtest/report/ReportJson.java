package io.decant.loadtest.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** A report for a program: every round of every figure. */
public final class ReportJson {

    private static final JsonFactory JSON = new JsonFactory();

    private ReportJson() {}

    public static void write(Report report, Writer out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("version", report.version());
            json.writeStringField("at", report.at().toString());
            machine(report.machine(), json);
            json.writeStringField("limit", report.limit());
            json.writeNumberField("rounds", report.rounds());
            json.writeNumberField("seconds", report.seconds());
            json.writeBooleanField("verified", report.verified());
            json.writeArrayFieldStart("cases");
            for (CaseReport one : report.cases()) {
                write(one, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void machine(Machine machine, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("machine");
        json.writeNumberField("cores", machine.cores());
        json.writeStringField("processor", machine.processor());
        json.writeNumberField("memoryBytes", machine.memoryBytes());
        json.writeStringField("kernel", machine.kernel());
        json.writeStringField("jdk", machine.jdk());
        json.writeStringField("filesystem", machine.filesystem());
        json.writeEndObject();
    }

    private static void write(CaseReport report, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", report.name());
        json.writeStringField("title", report.title());
        json.writeBooleanField("verified", report.verified());
        json.writeArrayFieldStart("rows");
        for (Row row : report.rows()) {
            write(row, json);
        }
        json.writeEndArray();
        strings("notes", report.notes(), json);
        strings("checks", report.checks(), json);
        json.writeEndObject();
    }

    private static void write(Row row, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("what", row.what());
        json.writeStringField("unit", row.unit());
        stats("ours", row.ours(), json);
        if (row.against().isPresent()) {
            json.writeStringField("against", row.against().get());
            stats("theirs", row.theirs().orElseThrow(), json);
            stats("ratio", row.ratio().orElseThrow(), json);
        }
        if (row.target().isPresent()) {
            json.writeStringField("target", row.target().get().toString());
            json.writeBooleanField("met", row.met().orElseThrow());
        }
        json.writeEndObject();
    }

    private static void stats(String name, Stats stats, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("median", stats.median());
        json.writeNumberField("min", stats.min());
        json.writeNumberField("max", stats.max());
        json.writeArrayFieldStart("rounds");
        for (double round : stats.rounds()) {
            json.writeNumber(round);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void strings(String name, List<String> strings, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(name);
        for (String string : strings) {
            json.writeString(string);
        }
        json.writeEndArray();
    }
}
