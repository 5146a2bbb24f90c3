package io.decant.ingest.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.decant.config.PrintableText;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.FiledLetter;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.LetterFrame;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.deadletter.Reason;
import io.decant.offload.console.RecordPreview;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The dead letters that match a filter: how many, and the newest. Holds the newest in memory, the others never. */
final class LetterListing {
    private static final int RECORD_BYTES_MAX = 200;
    private static final int KEY_BYTES_MAX = 100;
    private static final int ANSWER_BYTES_MAX = 100;
    /** Stands where a sink's name would. */
    private static final String NO_SINK = "(none)";
    /** Stands where a value would. */
    private static final String TOMBSTONE = "(tombstone)";

    private final String where;
    private final int limit;
    private final Map<String, Map<Reason, Long>> counts = new TreeMap<>();
    private final Deque<LetterLine> newest = new ArrayDeque<>();
    private long letters;
    private long damaged;
    private String firstDamaged = "";

    private LetterListing(String where, int limit) {
        this.where = where;
        this.limit = limit;
    }

    /**
     * Reads all files.
     *
     * @param limit how many of the newest to keep
     * @throws DeadLetterException where one cannot be read
     */
    static LetterListing of(DeadLetterStore store, LetterFilter filter, int limit) {
        LetterListing listing = new LetterListing(store.describe(""), limit);
        try (DeadLetterReader reader = DeadLetterReader.ofDays(store)) {
            for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                if (line.isDamaged()) {
                    listing.addDamaged(store.describe(line.file()) + ":" + line.number());
                } else if (filter.test(line.filed())) {
                    listing.add(line);
                }
            }
            return listing;
        } catch (IOException e) {
            throw new DeadLetterException(
                    "dead letters under " + store.describe("") + " cannot be read: " + e
                            + "; fix this, or set another data-dir",
                    e);
        }
    }

    private void addDamaged(String place) {
        firstDamaged = damaged++ == 0 ? place : firstDamaged;
    }

    private void add(LetterLine line) {
        DeadLetter letter = line.filed().letter();
        letters++;
        counts.computeIfAbsent(letter.sink(), sink -> new EnumMap<>(Reason.class))
                .merge(letter.reason(), 1L, Long::sum);
        newest.add(line);
        if (newest.size() > limit) {
            newest.remove();
        }
    }

    /** For a person. */
    void print(PrintWriter out) {
        if (letters == 0) {
            out.println("no such dead letters under " + PrintableText.of(where));
        } else {
            out.println(String.format(Locale.ROOT, "%-24s %-20s %10s", "sink", "reason", "letters"));
            counts.forEach((sink, reasons) -> reasons.forEach((reason, count) -> out.println(String.format(
                    Locale.ROOT,
                    "%-24s %-20s %10d",
                    sink.isEmpty() ? NO_SINK : PrintableText.of(sink),
                    reason.word(),
                    count))));
        }
        if (damaged > 0) {
            out.println("damaged lines: " + damaged + ", the first at " + PrintableText.of(firstDamaged));
        }
        if (!newest.isEmpty()) {
            out.println();
            if (letters > newest.size()) {
                out.println("... " + (letters - newest.size()) + " older, see --limit");
            }
            newest.forEach(line -> out.println(text(line.filed())));
        }
    }

    private static String text(FiledLetter filed) {
        DeadLetter letter = filed.letter();
        StringBuilder text = new StringBuilder(128)
                .append(filed.time())
                .append(' ')
                .append(letter.sink().isEmpty() ? NO_SINK : PrintableText.of(letter.sink()))
                .append(" batch ")
                .append(letter.batch());
        if (letter.bucket() != DeadLetter.NO_BUCKET) {
            text.append(" bucket ").append(letter.bucket());
        }
        text.append(" ordinal ")
                .append(letter.ordinal())
                .append(' ')
                .append(letter.reason().word());
        if (letter.status() != DeadLetter.NO_STATUS) {
            text.append(' ').append(letter.status());
        }
        if (!letter.answer().isEmpty()) {
            byte[] answer = letter.answer().getBytes(StandardCharsets.UTF_8);
            text.append(" (").append(RecordPreview.of(answer, ANSWER_BYTES_MAX)).append(')');
        }
        LetterFrame frame = letter.frame();
        if (frame != null) {
            if (!frame.topic().isEmpty()) {
                text.append(" topic ")
                        .append(PrintableText.of(frame.topic()))
                        .append(" partition ")
                        .append(frame.partition());
            }
            text.append(" offset ").append(frame.offset());
            if (frame.key() != null) {
                text.append(" key ").append(RecordPreview.of(frame.key(), KEY_BYTES_MAX));
            }
        }
        return text.append(": ")
                .append(
                        frame != null && frame.tombstone()
                                ? TOMBSTONE
                                : RecordPreview.of(letter.record(), RECORD_BYTES_MAX))
                .toString();
    }

    /** For a program. */
    void writeJson(PrintWriter out) {
        try (JsonGenerator json =
                new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeNumberField("letters", letters);
            json.writeNumberField("damaged", damaged);
            json.writeArrayFieldStart("counts");
            for (Map.Entry<String, Map<Reason, Long>> sink : counts.entrySet()) {
                for (Map.Entry<Reason, Long> reason : sink.getValue().entrySet()) {
                    writeCount(json, sink.getKey(), reason.getKey(), reason.getValue());
                }
            }
            json.writeEndArray();
            json.writeArrayFieldStart("newest");
            for (LetterLine line : newest) {
                json.writeRawValue(
                        PrintableText.ofJson(new String(line.bytes(), StandardCharsets.UTF_8).stripTrailing()));
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write JSON", e);
        }
        out.println();
    }

    private static void writeCount(JsonGenerator json, String sink, Reason reason, long count) throws IOException {
        json.writeStartObject();
        if (sink.isEmpty()) {
            json.writeNullField("sink");
        } else {
            json.writeFieldName("sink");
            json.writeRawValue(PrintableText.ofJson(
                    '"' + new String(JsonStringEncoder.getInstance().quoteAsString(sink)) + '"'));
        }
        json.writeStringField("reason", reason.word());
        json.writeNumberField("letters", count);
        json.writeEndObject();
    }
}
