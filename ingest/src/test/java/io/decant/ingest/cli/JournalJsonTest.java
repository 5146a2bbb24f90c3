package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.ImportDone;
import io.decant.ingest.journal.ImportPlan;
import io.decant.ingest.journal.JournalRepair;
import io.decant.ingest.journal.JournalReport;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.Piece;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.StreamId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The JSON of {@code decant journal}, to the letter. */
class JournalJsonTest {

    private static final String REPORT = """
            {"id":"0000cafe","format":2,"healthy":false,"refusal":"why \\"not\\"","appended":900,"synced":800,\
            "cut":700,"delivered":600,"lastBatch":9,"uncutRecords":5,"uncutBytes":50,"servedMillis":90500,\
            "segments":[{"number":1,"file":"/data/1.cq4","base":0,"end":400,"fileBytes":8388608,"entries":7,\
            "checkpoint":true}],\
            "batches":[{"number":9,"windowStart":1000,"windowEnd":2000,"records":3,"bytes":30,"start":100,"end":700,\
            "missing":1,"shapeLost":true}],\
            "sinks":[{"name":"api","batch":8,"next":100,"bucket":2,"first":3,"pieces":2}],\
            "streams":[{"source":"logs","name":"a","next":12,"lastSeen":1500,"seenServedMillis":0},\
            {"source":"clicks","name":"clicks-0","next":13,"lastSeen":1600,"resumeOffset":77,\
            "topicId":"AAAAAAAAwRwAAAAAAAAABQ","seenServedMillis":90000,"cursor":"01ff"}],\
            "exclusions":[{"batch":9,"ordinal":2,"reason":"h\\u202ee"}],\
            "importPlans":[{"source":"shop","payload":"0a"}],\
            "imported":[{"source":"shop","table":"orders","planHash":"0b","limits":"0c0d"}],\
            "damages":[{"file":"/data/1.cq4","offset":64,"bytes":-1,"what":"gone","delivered":false}],\
            "notices":["short","shorter"],\
            "lost":{"records":4,"atLeast":true,"streams":[{"source":"logs","name":"a","from":3,"to":7}],\
            "batches":[{"first":9,"last":9}]}""";

    @Test
    void shouldWriteAReport() {
        assertThat(text(out -> JournalJson.write(out, report(), null))).isEqualTo(REPORT + "}\n");
    }

    @Test
    void shouldWriteWhatWasRepaired() {
        JournalRepair.Result result = new JournalRepair.Result(report(), "0000cafe", List.of("kept", "cut off"));
        assertThat(text(out -> JournalJson.write(out, report(), result)))
                .isEqualTo(REPORT + ",\"repairedId\":\"0000cafe\",\"done\":[\"kept\",\"cut off\"]}\n");
    }

    @Test
    void shouldWriteANewId() {
        JournalRepair.Result result = new JournalRepair.Result(report(), "0000beef", List.of());
        assertThat(text(out -> JournalJson.renewed(out, result)))
                .isEqualTo(REPORT + ",\"newId\":\"0000beef\",\"done\":[]}\n");
    }

    private static String text(Consumer<PrintWriter> write) {
        StringWriter text = new StringWriter();
        write.accept(new PrintWriter(text, true));
        return text.toString();
    }

    private static JournalReport report() {
        Map<StreamId, JournalState.StreamPosition> streams = new LinkedHashMap<>();
        streams.put(new StreamId("logs", "a", true), new JournalState.StreamPosition(12, 1500, ResumePoint.NONE));
        streams.put(
                new StreamId("clicks", "clicks-0", true),
                new JournalState.StreamPosition(
                        13, 1600, new ResumePoint(77, new UUID(0xc11c, 5)), 90_000, OpaqueBytes.of((byte) 1, (byte)
                                -1)));
        return new JournalReport(
                "0000cafe",
                2,
                List.of(new JournalReport.Segment(1, Path.of("/data/1.cq4"), 0, 400, 8 << 20, 7, true)),
                900,
                800,
                700,
                600,
                9,
                List.of(new JournalReport.Batch(9, 1000, 2000, 3, 30, 100, 700, 1, true)),
                5,
                50,
                Map.of("api", new Mark("api", 8, 100, 2, 3, List.of(new Piece(4, true), new Piece(5, false)))),
                streams,
                List.of(new Exclusion(9, 2, "h\u202ee")),
                List.of(new ImportPlan("shop", OpaqueBytes.of((byte) 10))),
                List.of(new ImportDone(
                        "shop", "orders", OpaqueBytes.of((byte) 11), OpaqueBytes.of((byte) 12, (byte) 13))),
                90_500,
                List.of(new JournalReport.Damage(Path.of("/data/1.cq4"), 64, -1, "gone", false)),
                List.of("short", "shorter"),
                List.of(new JournalReport.Loss("logs", "a", 3, 7)),
                4,
                true,
                List.of(new JournalReport.Range(9, 9)),
                "why \"not\"");
    }
}
