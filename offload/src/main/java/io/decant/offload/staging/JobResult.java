package io.decant.offload.staging;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import java.io.Serializable;
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
 * @param runs in order of arrival, one for each block file that has records in buckets; none if runs were not
 *     requested
 * @param keylessRuns in order of arrival, one for each block file that has records without a key
 * @param read records of the batch, before any transforms
 * @param failedRuns like those, of records that could not be transformed: in place of a position, each has why
 * @param hottestByName of several keys the most frequent of each, in the order of the settings
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
        long read,
        List<RunFile> failedRuns,
        Map<String, String> sinks,
        List<NamedRecord> hottestByName) {

    /** The file's name in the output's directory. */
    public static final String FILE_NAME = "result.json";
    /** Where in the output's directory the finished sinks lie, each below its name. */
    public static final String SINKS = "sinks";

    private static final int FORMAT = 1;

    public JobResult {
        runs = List.copyOf(runs);
        keylessRuns = List.copyOf(keylessRuns);
        failedRuns = List.copyOf(failedRuns);
        sinks = Map.copyOf(sinks);
        hottestByName = List.copyOf(hottestByName);
    }

    /** That of a batch whose records have one key. */
    public JobResult(
            long batch,
            Multiplicities multiplicities,
            long keyless,
            Optional<HotRecord> hottest,
            List<RunFile> runs,
            List<RunFile> keylessRuns,
            long read,
            List<RunFile> failedRuns,
            Map<String, String> sinks) {
        this(batch, multiplicities, keyless, hottest, runs, keylessRuns, read, failedRuns, sinks, List.of());
    }

    /** A record of the most frequent one of several keys, and the name of that. */
    public record NamedRecord(String name, HotRecord record) implements Serializable {}

    /** That of a batch whose records stay as they are. */
    public JobResult(
            long batch,
            Multiplicities multiplicities,
            long keyless,
            Optional<HotRecord> hottest,
            List<RunFile> runs,
            List<RunFile> keylessRuns,
            Map<String, String> sinks) {
        this(
                batch,
                multiplicities,
                keyless,
                hottest,
                runs,
                keylessRuns,
                multiplicities.records() + keyless,
                List.of(),
                sinks);
    }

    /** Records that could not be transformed. */
    public long failed() {
        return failedRuns.stream().mapToLong(RunFile::records).sum();
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

    /** {@code result.json}: its members. */
    private record Content(
            int format,
            long batch,
            List<Long> sizes,
            long keyless,

            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
            HotRecord hottest,

            List<RunFile> runs,
            List<RunFile> keylessRuns,

            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
            Long read,

            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
            List<RunFile> failedRuns,

            Map<String, String> sinks,

            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
            List<NamedRecord> hottestByName) {}

    /** The content of {@code result.json}. */
    public String toJson() {
        // Without transforms it is what it was before there were any: the reader may be of another build.
        boolean transformed = read != multiplicities.records() + keyless || !failedRuns.isEmpty();
        return Json.text(new Content(
                FORMAT,
                batch,
                multiplicities.toList(),
                keyless,
                hottest.orElse(null),
                runs,
                keylessRuns,
                transformed ? (Long) read : null,
                transformed ? failedRuns : null,
                sinks,
                hottestByName.isEmpty() ? null : hottestByName));
    }

    /**
     * Reads the content of a {@code result.json}.
     *
     * @throws StagingFormatException when it is of another version, or a member has a value that it cannot have
     */
    public static JobResult fromJson(String text) throws JsonFormatException, StagingFormatException {
        FileVersion.check(text, FORMAT, FILE_NAME);
        Content content = Json.read(text, Content.class);
        Multiplicities multiplicities = Multiplicities.fromList(content.sizes);
        return new JobResult(
                content.batch,
                multiplicities,
                content.keyless,
                Optional.ofNullable(content.hottest),
                content.runs,
                content.keylessRuns,
                content.read == null ? multiplicities.records() + content.keyless : content.read,
                content.failedRuns == null ? List.of() : content.failedRuns,
                content.sinks,
                content.hottestByName == null ? List.of() : content.hottestByName);
    }
}
