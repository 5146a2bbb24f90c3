package io.decant.offload.staging;

import com.fasterxml.jackson.core.JsonGenerator;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A staged batch, as its {@code batch.json} says: what it is, what shapes its buckets, and where its records are.
 *
 * @param batch its number, from 1
 * @param server the server's name when the batch was cut
 * @param journalId 8 hex digits
 * @param windowStartMillis start of its window, inclusive, milliseconds since the epoch
 * @param windowEndMillis end of it, exclusive
 * @param key where the key of a record is, as the settings write it
 * @param missingKey what becomes of a record without one: {@code record} or {@code dlq}
 * @param hashSeed of the hash that keys are compared by
 * @param files the block files, in order of arrival
 */
public record StagedBatch(
        long batch,
        String server,
        String journalId,
        long windowStartMillis,
        long windowEndMillis,
        String key,
        String missingKey,
        long hashSeed,
        List<StagedFile> files) {

    /** The file's name in the batch's directory. */
    public static final String FILE_NAME = "batch.json";
    /** Where in the batch's directory the job's output appears. */
    public static final String OUT = "out";

    private static final int FORMAT = 1;

    public StagedBatch {
        files = List.copyOf(files);
    }

    /** The name of a batch's directory. */
    public static String directoryName(long batch) {
        return String.format(Locale.ROOT, "batch-%012d", batch);
    }

    public long records() {
        return files.stream().mapToLong(StagedFile::records).sum();
    }

    /** Bytes of all block files. */
    public long bytes() {
        return files.stream().mapToLong(StagedFile::bytes).sum();
    }

    /** The content of {@code batch.json}. */
    public String toJson() {
        return JsonObject.text(json -> {
            json.writeNumberField("format", FORMAT);
            json.writeNumberField("batch", batch);
            json.writeStringField("server", server);
            json.writeStringField("journal", journalId);
            json.writeNumberField("windowStart", windowStartMillis);
            json.writeNumberField("windowEnd", windowEndMillis);
            json.writeStringField("key", key);
            json.writeStringField("missingKey", missingKey);
            json.writeNumberField("hashSeed", hashSeed);
            json.writeArrayFieldStart("files");
            for (StagedFile file : files) {
                write(json, file);
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, StagedFile file) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", file.name());
        json.writeNumberField("bytes", file.bytes());
        json.writeNumberField("records", file.records());
        json.writeNumberField("blocks", file.blocks());
        json.writeNumberField("crc32c", file.crc32c());
        json.writeEndObject();
    }

    /**
     * Reads the content of a {@code batch.json}.
     *
     * @throws StagingFormatException when it is of another version
     */
    public static StagedBatch fromJson(String text) throws JsonFormatException, StagingFormatException {
        JsonObject json = JsonObject.parse(text);
        if (json.integer("format") != FORMAT) {
            throw new StagingFormatException(
                    FILE_NAME + " has format " + json.integer("format") + ", this version reads " + FORMAT);
        }
        List<StagedFile> files = new ArrayList<>();
        for (JsonObject file : json.objects("files")) {
            files.add(new StagedFile(
                    file.string("name"),
                    file.integer("bytes"),
                    file.integer("records"),
                    file.smallInteger("blocks"),
                    file.smallInteger("crc32c")));
        }
        return new StagedBatch(
                json.integer("batch"),
                json.string("server"),
                json.string("journal"),
                json.integer("windowStart"),
                json.integer("windowEnd"),
                json.string("key"),
                json.string("missingKey"),
                json.integer("hashSeed"),
                files);
    }
}
