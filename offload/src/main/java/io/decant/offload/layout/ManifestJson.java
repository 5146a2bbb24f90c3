package io.decant.offload.layout;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The JSON of a {@link Manifest}. Stateless. */
final class ManifestJson {

    private static final JsonFactory JSON = new JsonFactory();

    private ManifestJson() {}

    static byte[] write(Manifest manifest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            if (manifest.batch().isPresent()) {
                writeBatch(json, manifest.batch().get());
            }
            if (!manifest.sink().isEmpty()) {
                json.writeStringField("sink", manifest.sink());
            }
            json.writeStringField("key", manifest.key());
            json.writeStringField("format", word(manifest.format()));
            json.writeStringField("compression", word(manifest.compression()));
            json.writeNumberField("records", manifest.records());
            json.writeNumberField("bytes", manifest.bytes());
            json.writeNumberField("uncarried", manifest.uncarried());
            json.writeArrayFieldStart("buckets");
            for (int bucket = 0; bucket < manifest.buckets().size(); bucket++) {
                json.writeStartObject();
                json.writeNumberField("bucket", bucket);
                writeContent(json, manifest.buckets().get(bucket));
                json.writeEndObject();
            }
            json.writeEndArray();
            if (manifest.tail().isPresent()) {
                writeTail(json, manifest.tail().get());
            }
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes everything", e);
        }
        return out.toByteArray();
    }

    private static void writeBatch(JsonGenerator json, BatchId batch) throws IOException {
        json.writeStringField("name", batch.serverName());
        json.writeStringField("journal", batch.journalId());
        json.writeNumberField("batch", batch.batch());
        json.writeObjectFieldStart("window");
        json.writeStringField("start", batch.windowStart().toString());
        json.writeStringField("end", batch.windowEnd().toString());
        json.writeEndObject();
    }

    private static void writeTail(JsonGenerator json, TailEntry tail) throws IOException {
        json.writeObjectFieldStart("tail");
        json.writeNumberField("first-bucket", tail.firstBucket());
        json.writeNumberField("buckets", tail.buckets());
        writeContent(json, tail.content());
        json.writeArrayFieldStart("sizes");
        for (BucketSizes run : tail.sizes()) {
            json.writeStartObject();
            json.writeNumberField("buckets", run.buckets());
            json.writeNumberField("records", run.records());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeContent(JsonGenerator json, Content content) throws IOException {
        json.writeNumberField("records", content.records());
        json.writeNumberField("bytes", content.bytes());
        json.writeNumberField("parts", content.files());
        json.writeStringField("crc32c", String.format(Locale.ROOT, "%08x", content.crc32c()));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static Manifest read(InputStream in) throws IOException {
        try (JsonParser json = JSON.createParser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ManifestException("is not a JSON object");
            }
            Manifest manifest = new Fields(json).manifest();
            if (json.nextToken() != null) {
                throw new ManifestException("goes on behind its end");
            }
            return manifest;
        } catch (JsonProcessingException e) {
            throw new ManifestException("is not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new ManifestException("is no manifest: " + e.getMessage(), e);
        }
    }

    /**
     * What has been read of an object and of those within it; each method takes one from its first brace to its last.
     */
    private static final class Fields {
        private final JsonParser json;
        private String name = "";
        private String journal = "";
        private String sink = "";
        private String key;
        private FileFormat format;
        private FileCompression compression;
        private long batch;
        private long uncarried;
        private Instant start;
        private Instant end;
        private final List<Content> buckets = new ArrayList<>();
        private TailEntry tail;

        Fields(JsonParser json) {
            this.json = json;
        }

        Manifest manifest() throws IOException {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "name" -> name = text();
                    case "journal" -> journal = text();
                    case "batch" -> batch = number();
                    case "window" -> window();
                    case "sink" -> sink = text();
                    case "key" -> key = text();
                    case "format" -> format = FileFormat.valueOf(text().toUpperCase(Locale.ROOT));
                    case "compression" -> compression = FileCompression.valueOf(text().toUpperCase(Locale.ROOT));
                    case "uncarried" -> uncarried = number();
                    case "buckets" -> buckets();
                    case "tail" -> tail = tail();
                    default -> json.skipChildren();
                }
            }
            if (key == null || format == null || compression == null) {
                throw new ManifestException("says nothing of its key, format or compression");
            }
            return new Manifest(batch(), sink, key, format, compression, uncarried, buckets, Optional.ofNullable(tail));
        }

        private Optional<BatchId> batch() throws ManifestException {
            if (batch == 0) {
                return Optional.empty();
            }
            if (start == null || end == null) {
                throw new ManifestException("says nothing of its window");
            }
            return Optional.of(new BatchId(name, journal, batch, start, end));
        }

        private void window() throws IOException {
            expect(JsonToken.START_OBJECT);
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "start" -> start = Instant.parse(text());
                    case "end" -> end = Instant.parse(text());
                    default -> json.skipChildren();
                }
            }
        }

        private void buckets() throws IOException {
            expect(JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                Entry entry = entry();
                if (entry.bucket != buckets.size()) {
                    throw new ManifestException("has bucket " + entry.bucket + " where " + buckets.size() + " is next");
                }
                buckets.add(entry.content());
            }
        }

        private TailEntry tail() throws IOException {
            Entry entry = entry();
            return new TailEntry(Math.toIntExact(entry.bucket), entry.content(), entry.sizes);
        }

        /** What is said of a bucket, or of the tail. */
        private Entry entry() throws IOException {
            expect(JsonToken.START_OBJECT);
            Entry entry = new Entry();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "bucket", "first-bucket" -> entry.bucket = number();
                    case "records" -> entry.records = number();
                    case "bytes" -> entry.bytes = number();
                    case "parts" -> entry.files = Math.toIntExact(number());
                    case "crc32c" -> entry.crc32c = Integer.parseUnsignedInt(text(), 16);
                    case "sizes" -> sizes(entry.sizes);
                    default -> json.skipChildren();
                }
            }
            return entry;
        }

        private void sizes(List<BucketSizes> runs) throws IOException {
            expect(JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(JsonToken.START_OBJECT);
                long count = 0;
                long records = 0;
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String field = json.currentName();
                    json.nextToken();
                    switch (field) {
                        case "buckets" -> count = number();
                        case "records" -> records = number();
                        default -> json.skipChildren();
                    }
                }
                runs.add(new BucketSizes(count, records));
            }
        }

        private void expect(JsonToken token) throws ManifestException {
            if (json.currentToken() != token) {
                throw new ManifestException("has " + json.currentToken() + " where " + token + " is expected");
            }
        }

        private String text() throws IOException {
            expect(JsonToken.VALUE_STRING);
            return json.getText();
        }

        private long number() throws IOException {
            expect(JsonToken.VALUE_NUMBER_INT);
            return json.getLongValue();
        }
    }

    private static final class Entry {
        private long bucket = -1;
        private long records;
        private long bytes;
        private int files;
        private int crc32c;
        private final List<BucketSizes> sizes = new ArrayList<>();

        Content content() {
            return new Content(records, bytes, files, crc32c);
        }
    }
}
