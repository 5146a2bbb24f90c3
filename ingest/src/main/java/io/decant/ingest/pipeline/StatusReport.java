package io.decant.ingest.pipeline;

import io.decant.config.HdfsSinkSettings;
import io.decant.config.HttpSinkSettings;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.config.SourceSettings;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.admin.BuildVersion;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.batch.OffloadStatus;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.sink.SinkStatus;
import io.decant.ingest.source.PartitionStatus;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceStatus;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.protocol.DriverAnswer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Puts together what the parts of a running server say of themselves. Any thread; waits for nothing: what it reads are
 * counters, and a lock that is held for moments, a few times a batch.
 */
final class StatusReport {

    /** A stage that is in one turn for longer than this is not well. */
    private static final Duration TURN_MAX = Duration.ofSeconds(10);

    private static final DriverAnswer.Progress NO_PROGRESS = new DriverAnswer.Progress("", 0, 0, 0, 0, 0);

    private final Settings settings;
    private final String version = BuildVersion.current();
    private final Lifecycle lifecycle;
    private final Pipeline pipeline;
    private final StageThreads threads;
    private final List<Source> sources;
    private final InstantSource clock;

    StatusReport(
            Settings settings,
            Lifecycle lifecycle,
            Pipeline pipeline,
            StageThreads threads,
            List<Source> sources,
            InstantSource clock) {
        this.settings = settings;
        this.lifecycle = lifecycle;
        this.pipeline = pipeline;
        this.threads = threads;
        this.sources = sources;
        this.clock = clock;
    }

    ServerStatus now() {
        Map<String, ServerStatus.Source> sourcesNow = new LinkedHashMap<>();
        sources.forEach(source -> sourcesNow.put(source.name(), source(source)));
        Map<String, ServerStatus.Sink> sinksNow = new LinkedHashMap<>();
        // The total first: a letter is counted for its sink before it is counted there, so no sum of sinks is below it.
        long letters = pipeline.deadLetters().letters();
        Map<String, Map<Reason, Long>> givenUp = pipeline.deadLetters().written();
        pipeline.lanes()
                .forEach(lane -> sinksNow.put(
                        lane.sink().name(),
                        sink(lane, byWord(givenUp.get(lane.sink().name())))));
        return new ServerStatus(
                settings.name(),
                version,
                word(lifecycle.state()),
                notReady(sourcesNow),
                threads.stalled(TURN_MAX),
                word(pipeline.pressure()),
                journal(),
                sourcesNow,
                sinksNow,
                offload(),
                deadLetters(letters, byWord(givenUp.get(""))),
                pipeline.batches().newestFirst().stream()
                        .map(StatusReport::batch)
                        .toList());
    }

    private List<String> notReady(Map<String, ServerStatus.Source> sourcesNow) {
        List<String> why = new ArrayList<>();
        if (lifecycle.state() != Lifecycle.State.RUNNING) {
            why.add("the server is " + word(lifecycle.state()));
        }
        String pressure = pipeline.writerStage().pressureReason();
        if (!pressure.isEmpty()) {
            why.add(pressure);
        }
        sourcesNow.forEach((name, source) -> {
            if (source.address().isEmpty()) {
                why.add("source " + name + " does not listen");
            }
        });
        return why;
    }

    /** The smallest position is read first, so that they never show out of order. */
    private ServerStatus.Journal journal() {
        Positions positions = pipeline.positions();
        long delivered = positions.delivered();
        long cut = positions.cut();
        long synced = positions.synced();
        long appended = positions.appended();
        WriterStage writer = pipeline.writerStage();
        return new ServerStatus.Journal(
                pipeline.journalId(),
                appended,
                synced,
                cut,
                delivered,
                writer.backlogBytes(),
                pipeline.queuedBytes(),
                pipeline.freeBytes(),
                writer.uncut().records(),
                writer.cutSoFar().batches(),
                writer.cutSoFar().records());
    }

    private ServerStatus.Source source(Source source) {
        SourceStatus status = source.status();
        return new ServerStatus.Source(
                type(settings.sources().get(source.name())),
                status.address(),
                status.connections(),
                status.records(),
                status.bytes(),
                status.refusals(),
                status.unreadResets(),
                status.unfinishedBytes(),
                status.paused(),
                Optional.ofNullable(status.reading()).map(StatusReport::reading));
    }

    private static String type(SourceSettings source) {
        if (source instanceof TcpSourceSettings) {
            return "tcp";
        }
        if (source instanceof KafkaSourceSettings) {
            return "kafka";
        }
        throw new IllegalArgumentException("no type for " + source.getClass());
    }

    private static ServerStatus.Reading reading(SourceStatus.Reading reading) {
        Map<String, ServerStatus.Partition> partitions = new LinkedHashMap<>();
        reading.partitions().forEach((name, partition) -> partitions.put(name, partition(partition)));
        return new ServerStatus.Reading(reading.state(), reading.lastError(), partitions);
    }

    private static ServerStatus.Partition partition(PartitionStatus partition) {
        return new ServerStatus.Partition(
                partition.topic(),
                partition.partition(),
                partition.state(),
                known(partition.position()),
                known(partition.committed()),
                known(partition.lag()),
                partition.lost(),
                partition.skipped(),
                partition.error());
    }

    private static OptionalLong known(long value) {
        return value == PartitionStatus.UNKNOWN ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private ServerStatus.Sink sink(Lane lane, Map<String, Long> givenUp) {
        SinkStatus status = lane.status();
        SinkSettings sink = settings.sinks().get(lane.sink().name());
        return new ServerStatus.Sink(
                type(sink),
                target(sink),
                lane.batch(),
                word(status.state()),
                status.lastError(),
                lagSeconds(lane),
                lagRecords(lane),
                status.requests(),
                status.retries(),
                status.records(),
                status.bytes(),
                status.breakerOpen(),
                givenUp);
    }

    private static String type(SinkSettings sink) {
        if (sink instanceof HttpSinkSettings) {
            return "http";
        }
        if (sink instanceof HdfsSinkSettings) {
            return "hdfs";
        }
        throw new IllegalArgumentException("no type for " + sink.getClass());
    }

    private static String target(SinkSettings sink) {
        return sink instanceof HttpSinkSettings http
                ? withoutSecrets(http)
                : ((HdfsSinkSettings) sink).uri().toString();
    }

    /** Scheme, host, port and path: a user or a query may be a secret. */
    private static String withoutSecrets(HttpSinkSettings http) {
        URI url = http.url();
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        // There is no user: the settings refuse one.
        return url.getScheme() + "://" + url.getRawAuthority() + path;
    }

    private long lagRecords(Lane lane) {
        WriterStage writer = pipeline.writerStage();
        // Read before what was cut, which is never less.
        long passed = lane.passedRecords();
        return writer.cutSoFar().records() - passed + writer.uncut().records();
    }

    private double lagSeconds(Lane lane) {
        long since = lane.oldestMillis();
        if (since == Backlog.NONE) {
            WriterStage.Uncut uncut = pipeline.writerStage().uncut();
            since = uncut.records() > 0 ? uncut.sinceMillis() : Backlog.NONE;
        }
        return since == Backlog.NONE ? 0 : Math.max(0, clock.millis() - since) / 1e3;
    }

    private ServerStatus.Offload offload() {
        return pipeline.offload().map(StatusReport::offload).orElse(ServerStatus.Offload.OFF);
    }

    private static ServerStatus.Offload offload(OffloadStatus status) {
        OffloaderStatus offloader = status.offloader();
        DriverAnswer.Progress progress = offloader.progress().orElse(NO_PROGRESS);
        return new ServerStatus.Offload(
                word(status.state()),
                word(offloader.state()),
                offloader.application(),
                status.batch(),
                progress.stage(),
                progress.stages(),
                progress.tasks(),
                progress.done(),
                progress.records(),
                offloader.waitsFor().isEmpty() ? status.error() : offloader.waitsFor(),
                status.offloaded(),
                status.failures());
    }

    private ServerStatus.DeadLetters deadLetters(long letters, Map<String, Long> ofNoSink) {
        DeadLetters stage = pipeline.deadLetters();
        String trouble = stage.trouble();
        return new ServerStatus.DeadLetters(
                letters,
                stage.bytes(),
                stage.bytesMax(),
                trouble.isEmpty() ? pipeline.letterReplayTrouble() : trouble,
                ofNoSink);
    }

    private static Map<String, Long> byWord(Map<Reason, Long> counts) {
        Map<String, Long> words = new LinkedHashMap<>();
        counts.forEach((reason, count) -> words.put(reason.word(), count));
        return words;
    }

    private static ServerStatus.Batch batch(RecentBatches.Seen seen) {
        return new ServerStatus.Batch(
                seen.number(),
                Instant.ofEpochMilli(seen.windowStartMillis()) + "/" + Instant.ofEpochMilli(seen.windowEndMillis()),
                seen.records(),
                seen.bytes(),
                seen.buckets(),
                seen.where(),
                word(seen.state()),
                seen.hottest(),
                seen.hottestCount());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
