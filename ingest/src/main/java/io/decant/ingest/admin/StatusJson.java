package io.decant.ingest.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.decant.config.PrintableText;
import io.decant.offload.client.SparkWork;
import io.decant.offload.json.Json;
import io.decant.offload.protocol.DriverAnswer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/** {@code /status}: the records are its objects. Keys may be added; none is removed or changes its meaning. */
final class StatusJson {

    private StatusJson() {}

    /** The text of the page. */
    static String text(ServerStatus status, Admin admin) {
        return PrintableText.ofJson(Json.prettyText(Root.of(status, admin))) + "\n";
    }

    /** The same in one line, without its end. */
    static String line(ServerStatus status, Admin admin) {
        return PrintableText.ofJson(Json.text(Root.of(status, admin)));
    }

    private static <T, R> Map<String, R> each(Map<String, T> values, Function<T, R> of) {
        Map<String, R> each = new LinkedHashMap<>();
        values.forEach((name, value) -> each.put(name, of.apply(value)));
        return each;
    }

    private record Root(
            String name,
            String version,
            String state,
            Health health,
            long now,
            long startedAt,
            String pressure,
            Admin admin,
            Journal journal,
            Map<String, Source> sources,
            Map<String, List<ServerStatus.Step>> transforms,
            Map<String, Sink> sinks,
            Offload offload,
            DeadLetters deadLetters,
            Map<String, Long> deadLettersByReason,
            HottestOfBatch hottest,
            List<Batch> batches) {

        static Root of(ServerStatus status, Admin admin) {
            return new Root(
                    status.name(),
                    status.version(),
                    status.state(),
                    Health.of(status),
                    status.moment().nowMillis(),
                    status.moment().startedMillis(),
                    status.pressure(),
                    admin,
                    Journal.of(status.journal()),
                    each(status.sources(), Source::of),
                    status.transforms(),
                    each(status.sinks(), Sink::of),
                    Offload.of(status.offload()),
                    DeadLetters.of(status.deadLetters()),
                    lettersByReason(status),
                    HottestOfBatch.of(status.batches()),
                    status.batches().stream().map(Batch::of).toList());
        }
    }

    /**
     * The port that shows this.
     *
     * @param basePath below which the same is served as at the root; empty: none
     * @param tls null: connections are not encrypted
     * @param users null: there are none
     */
    record Admin(
            String address,
            String basePath,
            @JsonInclude(JsonInclude.Include.NON_NULL) ServerStatus.Tls tls,
            @JsonInclude(JsonInclude.Include.NON_NULL) Logins users) {}

    /**
     * @param failedLogins since the start
     * @param lastError why the files of tokens as they are now cannot be used; empty where they are in use
     */
    record Logins(long failedLogins, String lastError) {}

    private record Journal(
            String id,
            long appended,
            long synced,
            long cut,
            long delivered,
            long backlogBytes,
            long queuedBytes,
            long freeBytes,
            long uncutRecords,
            long maxBacklogBytes) {

        static Journal of(ServerStatus.Journal journal) {
            return new Journal(
                    journal.id(),
                    journal.appended(),
                    journal.synced(),
                    journal.cut(),
                    journal.delivered(),
                    journal.backlogBytes(),
                    journal.queuedBytes(),
                    journal.freeBytes(),
                    journal.uncutRecords(),
                    journal.backlogBytesMax());
        }
    }

    /**
     * State, error, partitions and tables are there for a source that connects, partitions and tables only where it has
     * some; idempotency only where it remembers keys; tls only where connections are encrypted; users only
     * where not everybody may send.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Source(
            String type,
            String address,
            int connections,
            long records,
            long bytes,
            long refusals,
            long unreadResets,
            long unfinishedBytes,
            boolean paused,
            String state,
            String lastError,
            Map<String, Partition> partitions,
            Map<String, ServerStatus.Table> tables,
            ServerStatus.Idempotency idempotency,
            ServerStatus.Tls tls,
            UsersStatus users) {

        static Source of(ServerStatus.Source source) {
            ServerStatus.Reading reading = source.reading().orElse(null);
            return new Source(
                    source.type(),
                    source.address(),
                    source.connections(),
                    source.records(),
                    source.bytes(),
                    source.refusals(),
                    source.unreadResets(),
                    source.unfinishedBytes(),
                    source.paused(),
                    reading == null ? null : reading.state(),
                    reading == null ? null : reading.lastError(),
                    reading == null || reading.partitions() == null ? null : each(reading.partitions(), Partition::of),
                    reading == null ? null : reading.tables(),
                    source.idempotency().orElse(null),
                    source.tls().orElse(null),
                    source.users().orElse(null));
        }
    }

    private record Partition(
            String state, Long position, Long committed, Long lag, long lost, long skipped, String error) {

        static Partition of(ServerStatus.Partition partition) {
            return new Partition(
                    partition.state(),
                    orNull(partition.position()),
                    orNull(partition.committed()),
                    orNull(partition.lag()),
                    partition.lost(),
                    partition.skipped(),
                    partition.error());
        }

        private static Long orNull(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : null;
        }
    }

    private record Sink(
            String type,
            String target,
            long batch,
            String state,
            String lastError,
            double lagSeconds,
            long lagRecords,
            long requests,
            long retries,
            long records,
            long bytes,
            long deadLetters,
            Map<String, Long> deadLettersByReason,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String predicted,
            @JsonInclude(JsonInclude.Include.NON_NULL) Progress progress,
            @JsonInclude(JsonInclude.Include.NON_NULL) LastRun lastRun,
            @JsonInclude(JsonInclude.Include.NON_NULL) ServerStatus.Tls tls) {

        static Sink of(ServerStatus.Sink sink) {
            SparkWork spark = sink.spark().orElse(SparkWork.NONE);
            return new Sink(
                    sink.type(),
                    sink.target(),
                    sink.batch(),
                    sink.state(),
                    sink.lastError(),
                    sink.lagSeconds(),
                    sink.lagRecords(),
                    sink.requests(),
                    sink.retries(),
                    sink.records(),
                    sink.bytes(),
                    sink.deadLettersOfAllReasons(),
                    new TreeMap<>(sink.deadLetters()),
                    spark.predicted(),
                    spark.progress().map(Progress::of).orElse(null),
                    LastRun.of(spark),
                    sink.tls().orElse(null));
        }
    }

    private record Offload(
            String state,
            String driver,
            String application,
            long batch,
            int stage,
            int stages,
            int tasks,
            int tasksDone,
            long records,
            String lastError,
            long batches,
            long failures,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String predicted,
            @JsonInclude(JsonInclude.Include.NON_NULL) LastRun lastRun) {

        static Offload of(ServerStatus.Offload offload) {
            return new Offload(
                    offload.state(),
                    offload.driver(),
                    offload.application(),
                    offload.batch(),
                    offload.stage(),
                    offload.stages(),
                    offload.tasks(),
                    offload.tasksDone(),
                    offload.records(),
                    offload.lastError(),
                    offload.batches(),
                    offload.failures(),
                    offload.spark().predicted(),
                    LastRun.of(offload.spark()));
        }
    }

    /** How far the job of a sink is: as that of offloaded batches. */
    private record Progress(int stage, int stages, int tasks, int tasksDone, long records) {

        static Progress of(DriverAnswer.Progress job) {
            return new Progress(job.stage(), job.stages(), job.tasks(), job.done(), job.records());
        }
    }

    /** The last job on Spark that has ended with success. */
    private record LastRun(long batch, String predicted, List<String> stages) {

        /** Null where none has. */
        static LastRun of(SparkWork work) {
            return work.batch() == 0
                    ? null
                    : new LastRun(
                            work.batch(), work.last().predicted(), work.last().stages());
        }
    }

    private record DeadLetters(long letters, long bytes, long maxBytes, String trouble) {

        static DeadLetters of(ServerStatus.DeadLetters letters) {
            return new DeadLetters(letters.letters(), letters.bytes(), letters.maxBytes(), letters.trouble());
        }
    }

    /** Since the start, of all sinks and of none; reasons for which there are some. */
    private static Map<String, Long> lettersByReason(ServerStatus status) {
        Map<String, Long> byReason = new TreeMap<>(status.deadLetters().ofNoSink());
        status.sinks().values().forEach(sink -> sink.deadLetters()
                .forEach((reason, count) -> byReason.merge(reason, count, Long::sum)));
        byReason.values().removeIf(count -> count == 0);
        return byReason;
    }

    /** The hottest record of the newest batch that it makes more than one bucket of, which has so many records. */
    private record HottestOfBatch(long batch, String record, long count, long records) {

        /** Null where no batch has more than one bucket. */
        static HottestOfBatch of(List<ServerStatus.Batch> newestFirst) {
            return newestFirst.stream()
                    .filter(batch -> batch.buckets() > 1)
                    .findFirst()
                    .map(batch ->
                            new HottestOfBatch(batch.number(), batch.hottest(), batch.hottestCount(), batch.records()))
                    .orElse(null);
        }
    }

    /** The hottest record is there where it makes more than one bucket. */
    private record Batch(
            long number,
            String window,
            long records,
            long bytes,
            int buckets,
            String where,
            String state,
            @JsonInclude(JsonInclude.Include.NON_NULL) Hottest hottest,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, ServerStatus.HottestOfKey> hottestByName) {

        static Batch of(ServerStatus.Batch batch) {
            return new Batch(
                    batch.number(),
                    batch.window(),
                    batch.records(),
                    batch.bytes(),
                    batch.buckets(),
                    batch.where(),
                    batch.state(),
                    batch.buckets() > 1 ? new Hottest(batch.hottest(), batch.hottestCount()) : null,
                    batch.hottestByName());
        }
    }

    private record Hottest(String record, long count) {}
}
