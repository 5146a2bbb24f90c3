package io.decant.ingest.cli;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import java.util.List;
import java.util.Map;

/**
 * What {@code decant top} reads of {@code /status} and {@code /history}; there is more in both.
 *
 * @param now milliseconds since the epoch, by the server's clock
 * @param startedAt the same
 * @param hottest null: no batch has more than one bucket
 * @param batches the newest first
 */
record ShownStatus(
        String name,
        String version,
        String state,
        Health health,
        long now,
        long startedAt,
        Journal journal,
        Map<String, Source> sources,
        Map<String, Sink> sinks,
        Offload offload,
        @JsonSetter(nulls = Nulls.SET) Hottest hottest,
        List<Batch> batches) {

    record Health(boolean ok, String sentence, List<String> problems) {}

    record Journal(long backlogBytes, long maxBacklogBytes, long freeBytes, long uncutRecords) {}

    /**
     * @param state null: it listens
     * @param partitions null: it has none
     */
    record Source(
            String type,
            int connections,
            long records,
            boolean paused,
            @JsonSetter(nulls = Nulls.SET) String state,
            @JsonSetter(nulls = Nulls.SET) String lastError,
            @JsonSetter(nulls = Nulls.SET) Map<String, Partition> partitions) {}

    /** @param lag null: not known yet */
    record Partition(@JsonSetter(nulls = Nulls.SET) Long lag) {}

    record Sink(
            String type,
            long batch,
            String state,
            String lastError,
            double lagSeconds,
            long lagRecords,
            long records,
            long retries,
            long deadLetters) {}

    record Offload(String state, long batch, int stage, int stages, int tasks, int tasksDone) {}

    record Hottest(long batch, String record, long count, long records) {}

    record Batch(long number, long records, int buckets, String where, String state) {}

    /** @throws JsonFormatException where it is something else */
    static ShownStatus of(String json) throws JsonFormatException {
        return Json.read(json, ShownStatus.class);
    }

    /**
     * The last seconds, the oldest first; a value is null where it is not known. Delays are in milliseconds, of the
     * batches that a sink got whole in that second.
     */
    record Seconds(
            @JsonSetter(contentNulls = Nulls.SET) List<Long> records,
            @JsonSetter(contentNulls = Nulls.SET) List<Long> bytes,
            @JsonSetter(contentNulls = Nulls.SET) List<Long> schedulingDelay,
            @JsonSetter(contentNulls = Nulls.SET) List<Long> processingDelay,
            @JsonSetter(contentNulls = Nulls.SET) List<Long> totalDelay,
            Map<String, Records> sinks,
            Map<String, Records> sources) {

        /** @throws JsonFormatException where it is something else */
        static Seconds of(String json) throws JsonFormatException {
            return Json.read(json, Seconds.class);
        }
    }

    record Records(@JsonSetter(contentNulls = Nulls.SET) List<Long> records) {}
}
