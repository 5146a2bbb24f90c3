package io.decant.offload.staging;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

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
 * @param transforms by source, what its records go through, as the cut has it; null: none
 * @param files the block files, in order of arrival
 */
@JsonPropertyOrder("format")
public record StagedBatch(
        long batch,
        String server,
        @JsonProperty("journal") String journalId,
        @JsonProperty("windowStart") long windowStartMillis,
        @JsonProperty("windowEnd") long windowEndMillis,
        String key,
        String missingKey,
        long hashSeed,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.SET)
        Map<String, List<String>> transforms,

        List<StagedFile> files) {

    /** The file's name in the batch's directory. */
    public static final String FILE_NAME = "batch.json";

    /** Keys that come more than once, where records have several: one task of the job holds all, in up to 1 GiB. */
    public static final long REPEATED_KEYS_MAX = 1L << 25;

    /** Where in the batch's directory the job's output appears. */
    public static final String OUT = "out";

    private static final int FORMAT = 1;
    /** With transforms, which an earlier version would leave out. */
    private static final int FORMAT_TRANSFORMS = 2;

    public StagedBatch {
        // In one order, so that the same batch is the same text.
        transforms = transforms == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(transforms));
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

    /** What the file says first. */
    @JsonProperty("format")
    int format() {
        return transforms.isEmpty() ? FORMAT : FORMAT_TRANSFORMS;
    }

    /** The content of {@code batch.json}. */
    public String toJson() {
        return Json.text(this);
    }

    /**
     * Reads the content of a {@code batch.json}.
     *
     * @throws StagingFormatException when it is of another version
     */
    public static StagedBatch fromJson(String text) throws JsonFormatException, StagingFormatException {
        FileVersion.check(text, FORMAT, FORMAT_TRANSFORMS, FILE_NAME);
        return Json.read(text, StagedBatch.class);
    }
}
