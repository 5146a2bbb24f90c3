package io.decant.ingest.deadletter;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/** A letter as a line of JSON, and back; the members are described with the package. */
final class LetterFormat {

    /** A record may be as long as memory allows: what a server could take in, a reader can read. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    /** What a line takes beside the record, usually. */
    private static final int MEMBERS_BYTES = 256;

    private static final long NO_OFFSET = -1;

    /** What is decoded at a time where bytes are looked at. */
    private static final int DECODED_CHARS = 8 << 10;

    /** Members that say which letter it is, and why. */
    private static final Set<String> HEAD =
            Set.of("time", "journal", "sink", "batch", "bucket", "ordinal", "reason", "status", "answer", "source");

    private LetterFormat() {}

    /**
     * Writes a letter as one line, newline included. Beside what the buffer takes, nothing is allocated that grows with
     * the record.
     */
    static void write(FiledLetter filed, LetterBuffer out) {
        DeadLetter letter = filed.letter();
        out.expect(MEMBERS_BYTES + letter.bytes());
        try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", filed.time().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("journal", filed.journal());
            if (letter.sink().isEmpty()) {
                json.writeNullField("sink");
            } else {
                json.writeStringField("sink", letter.sink());
            }
            json.writeNumberField("batch", letter.batch());
            if (letter.bucket() == DeadLetter.NO_BUCKET) {
                json.writeNullField("bucket");
            } else {
                json.writeNumberField("bucket", letter.bucket());
            }
            json.writeNumberField("ordinal", letter.ordinal());
            json.writeStringField("reason", letter.reason().word());
            if (letter.status() == DeadLetter.NO_STATUS) {
                json.writeNullField("status");
            } else {
                json.writeNumberField("status", letter.status());
            }
            json.writeStringField("answer", letter.answer());
            if (!letter.source().isEmpty()) {
                json.writeStringField("source", letter.source());
            }
            LetterFrame frame = letter.frame();
            writeBytes(json, "record", frame != null && frame.tombstone() ? null : letter.record());
            if (frame != null) {
                writeBytes(json, "key", frame.key());
                LetterHeaders.write(json, frame.headers());
                if (!frame.topic().isEmpty()) {
                    json.writeStringField("topic", frame.topic());
                    json.writeNumberField("partition", frame.partition());
                }
                json.writeNumberField("offset", frame.offset());
                json.writeNumberField("timestamp", frame.timestampMillis());
            }
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused a letter", e);
        }
    }

    /** Writes a member that holds bytes, or null; where they are no UTF-8, in Base64 and under a name that says so. */
    static void writeBytes(JsonGenerator json, String name, byte[] bytes) throws IOException {
        if (bytes == null) {
            json.writeNullField(name);
        } else if (isUtf8(bytes)) {
            json.writeFieldName(name);
            json.writeUTF8String(bytes, 0, bytes.length);
        } else {
            json.writeBinaryField(name + "-base64", bytes);
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer decoded = CharBuffer.allocate(Math.min(bytes.length + 1, DECODED_CHARS));
        CoderResult result = decoder.decode(in, decoded, true);
        while (result.isOverflow()) {
            result = decoder.decode(in, decoded.clear(), true);
        }
        return result.isUnderflow();
    }

    /**
     * What a line says of its letter, without the record and what else a frame holds; so that its memory does not
     * depend on the record.
     *
     * @param line to its end, with or without its newline; the caller knows whether reading it failed
     */
    static Optional<FiledLetter> readHead(InputStream line) {
        try (JsonParser json = JSON.createParser(line)) {
            return read(json, new Members(true));
        } catch (IOException | DateTimeException | IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
    }

    /**
     * What a line says, with or without its newline; empty where it is no letter. Unknown members are passed
     * over.
     */
    static Optional<FiledLetter> read(byte[] line, int length) {
        try (JsonParser json = JSON.createParser(line, 0, length)) {
            return read(json, new Members(false));
        } catch (IOException | DateTimeException | IllegalArgumentException | NullPointerException e) {
            // Not JSON, not these members, or not these values: in any case, it was not written here.
            return Optional.empty();
        }
    }

    private static Optional<FiledLetter> read(JsonParser json, Members members) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return Optional.empty();
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            members.take(name, json);
        }
        return json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null
                ? Optional.of(members.letter())
                : Optional.empty();
    }

    /** What was read of a line so far. */
    private static final class Members {
        private final boolean headOnly;
        private Instant time;
        private String journal;
        private String sink = "";
        private long batch;
        private int bucket = DeadLetter.NO_BUCKET;
        private long ordinal = -1;
        private Reason reason;
        private int status;
        private String answer;
        private String source = "";
        private byte[] record;
        private boolean recordIsNull;
        private byte[] key;
        private byte[] headers = {};
        private String topic = "";
        private int partition = LetterFrame.NO_PARTITION;
        private long offset = NO_OFFSET;
        private long timestampMillis;

        Members(boolean headOnly) {
            this.headOnly = headOnly;
        }

        void take(String name, JsonParser json) throws IOException {
            if (headOnly && !HEAD.contains(name)) {
                json.skipChildren();
                return;
            }
            if (json.currentToken() == JsonToken.VALUE_NULL) {
                recordIsNull |= name.equals("record");
                return;
            }
            switch (name) {
                case "time" -> time = Instant.parse(json.getText());
                case "journal" -> journal = json.getText();
                case "sink" -> sink = json.getText();
                case "batch" -> batch = json.getLongValue();
                case "bucket" -> bucket = json.getIntValue();
                case "ordinal" -> ordinal = json.getLongValue();
                case "reason" -> reason = Reason.of(json.getText()).orElseThrow(IllegalArgumentException::new);
                case "status" -> status = json.getIntValue();
                case "answer" -> answer = json.getText();
                case "source" -> source = json.getText();
                case "record" -> record = json.getText().getBytes(StandardCharsets.UTF_8);
                case "record-base64" -> record = json.getBinaryValue();
                case "key" -> key = json.getText().getBytes(StandardCharsets.UTF_8);
                case "key-base64" -> key = json.getBinaryValue();
                case "headers" -> headers = LetterHeaders.read(json);
                case "topic" -> topic = json.getText();
                case "partition" -> partition = json.getIntValue();
                case "offset" -> offset = json.getLongValue();
                case "timestamp" -> timestampMillis = json.getLongValue();
                default -> json.skipChildren();
            }
        }

        FiledLetter letter() {
            if (journal == null) {
                throw new IllegalArgumentException();
            }
            return new FiledLetter(
                    time.truncatedTo(ChronoUnit.MILLIS),
                    journal,
                    new DeadLetter(sink, batch, bucket, ordinal, reason, status, answer, value(), frame(), source));
        }

        private byte[] value() {
            return headOnly || isTombstone() ? new byte[0] : record;
        }

        private LetterFrame frame() {
            return offset == NO_OFFSET
                    ? null
                    : new LetterFrame(topic, partition, offset, timestampMillis, key, headers, isTombstone());
        }

        /** A line always has a value, and a line of this file says so where a record has none. */
        private boolean isTombstone() {
            return offset != NO_OFFSET && recordIsNull && record == null;
        }
    }
}
