package io.decant.offload.staging;

import com.fasterxml.jackson.core.JsonGenerator;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.json.JsonObject;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the job made of a batch, as the {@code result.json} of its output says.
 *
 * @param batch the batch's number
 * @param multiplicities how large each bucket is
 * @param keyless records that are in no bucket
 * @param hottest the most frequent key, of several the one whose last record came first; none where there are no
 *     buckets
 * @param runs in order of arrival, one for each block file that has records in buckets; none where nobody asked for
 *     runs
 * @param keylessRuns in order of arrival, one for each block file that has records without a key
 * @param sinks by sink, the directory within the output that is its finished batch; a sink that is not here is served
 *     from the runs
 */
public record JobResult(
        long batch,
        Multiplicities multiplicities,
        long keyless,
        Optional<HotRecord> hottest,
        List<RunFile> runs,
        List<RunFile> keylessRuns,
        Map<String, String> sinks) {

    /** The file's name in the output's directory. */
    public static final String FILE_NAME = "result.json";
    /** Where in the output's directory the finished sinks lie, each below its name. */
    public static final String SINKS = "sinks";

    private static final int FORMAT = 1;

    public JobResult {
        runs = List.copyOf(runs);
        keylessRuns = List.copyOf(keylessRuns);
        sinks = Map.copyOf(sinks);
    }

    /**
     * A record of the most frequent key.
     *
     * @param count how many records have the key
     * @param start first bytes of the record, or with {@code kafka-key} of the key, for a person to look at
     * @param length bytes of the whole of it
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record HotRecord(long count, byte[] start, int length) implements Serializable {

        /** As much of a record as is kept. */
        public static final int START_BYTES_MAX = 256;
    }

    /** The content of {@code result.json}. */
    public String toJson() {
        return JsonObject.text(json -> {
            json.writeNumberField("format", FORMAT);
            json.writeNumberField("batch", batch);
            json.writeArrayFieldStart("sizes");
            for (long step : multiplicities.toList()) {
                json.writeNumber(step);
            }
            json.writeEndArray();
            json.writeNumberField("keyless", keyless);
            if (hottest.isPresent()) {
                json.writeObjectFieldStart("hottest");
                json.writeNumberField("count", hottest.get().count());
                json.writeStringField(
                        "start",
                        Base64.getEncoder().encodeToString(hottest.get().start()));
                json.writeNumberField("length", hottest.get().length());
                json.writeEndObject();
            }
            write(json, "runs", runs);
            write(json, "keylessRuns", keylessRuns);
            json.writeObjectFieldStart("sinks");
            for (var sink : sinks.entrySet()) {
                json.writeStringField(sink.getKey(), sink.getValue());
            }
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, String name, List<RunFile> runs) throws IOException {
        json.writeArrayFieldStart(name);
        for (RunFile run : runs) {
            json.writeStartObject();
            json.writeStringField("name", run.name());
            json.writeNumberField("bytes", run.bytes());
            json.writeNumberField("records", run.records());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /**
     * Reads the content of a {@code result.json}.
     *
     * @throws StagingFormatException when it is of another version, or a member has a value that it cannot have
     */
    public static JobResult fromJson(String text) throws JsonFormatException, StagingFormatException {
        JsonObject json = JsonObject.parse(text);
        if (json.integer("format") != FORMAT) {
            throw new StagingFormatException(
                    FILE_NAME + " has format " + json.integer("format") + ", this version reads " + FORMAT);
        }
        Optional<HotRecord> hottest =
                json.has("hottest") ? Optional.of(hottest(json.object("hottest"))) : Optional.empty();
        return new JobResult(
                json.integer("batch"),
                Multiplicities.fromList(json.integers("sizes")),
                json.integer("keyless"),
                hottest,
                runs(json.objects("runs")),
                runs(json.objects("keylessRuns")),
                new LinkedHashMap<>(json.stringMembers("sinks")));
    }

    private static HotRecord hottest(JsonObject json) throws JsonFormatException, StagingFormatException {
        try {
            byte[] start = Base64.getDecoder().decode(json.string("start"));
            return new HotRecord(json.integer("count"), start, json.smallInteger("length"));
        } catch (IllegalArgumentException e) {
            throw new StagingFormatException("the start of the hottest record is not Base64: " + e.getMessage());
        }
    }

    private static List<RunFile> runs(List<JsonObject> objects) throws JsonFormatException {
        List<RunFile> runs = new ArrayList<>();
        for (JsonObject run : objects) {
            runs.add(new RunFile(run.string("name"), run.integer("bytes"), run.integer("records")));
        }
        return runs;
    }
}
