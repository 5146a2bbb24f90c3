package io.decant.ingest.server;

import io.decant.config.Settings;
import io.decant.ingest.admin.BuildVersion;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.admin.UsersStatus;
import io.decant.ingest.batch.OffloadStatus;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.history.BatchView;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.pipeline.Lane;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.pipeline.WriterStage;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkStatus;
import io.decant.ingest.source.PartitionStatus;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceStatus;
import io.decant.ingest.source.TableStatus;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.protocol.DriverAnswer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Puts together what the parts of a running server say of themselves. Any thread; waits for nothing: what it reads are
 * counters, and a lock that is held for moments, a few times a batch.
 */
final class StatusReport {

    /** A stage that is in one turn for longer than this is not well. */
    private static final Duration TURN_MAX = Duration.ofSeconds(10);

    /** The last ones, that are shown. */
    private static final int BATCHES = 20;

    private static final DriverAnswer.Progress NO_PROGRESS = new DriverAnswer.Progress("", 0, 0, 0, 0, 0);

    private final Settings settings;
    private final Map<String, String> sinkTargets;
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
        this.sinkTargets =
                SinkTypes.of(settings).stream().collect(Collectors.toMap(SinkComponent::name, SinkComponent::target));
        this.lifecycle = lifecycle;
        this.pipeline = pipeline;
        this.threads = threads;
        this.sources = sources;
        this.clock = clock;
    }

    ServerStatus now() {
        // First: what is delivered by it is delivered in what is read of sinks and batches.
        ServerStatus.Journal journalNow = journal();
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
                word(pipeline.pauseReason()),
                journalNow,
                sourcesNow,
                sinksNow,
                offload(),
                deadLetters(letters, byWord(givenUp.get(""))),
                pipeline.history().batches().newest(BATCHES).stream()
                        .map(StatusReport::batch)
                        .toList(),
                transforms(),
                new ServerStatus.Moment(clock.millis(), pipeline.history().startedMillis()));
    }

    private Map<String, List<ServerStatus.Step>> transforms() {
        Map<String, List<ServerStatus.Step>> bySource = new LinkedHashMap<>();
        pipeline.transformed().forEach((source, sum) -> {
            List<ServerStatus.Step> steps = new ArrayList<>();
            for (int i = 0; i < sum.steps().size(); i++) {
                steps.add(new ServerStatus.Step(
                        sum.steps().get(i), sum.in(i), sum.out(i), sum.dropped(i), sum.failed(i)));
            }
            bySource.put(source, steps);
        });
        return bySource;
    }

    private List<String> notReady(Map<String, ServerStatus.Source> sourcesNow) {
        List<String> why = new ArrayList<>();
        if (lifecycle.state() != Lifecycle.State.RUNNING) {
            why.add("the server is " + word(lifecycle.state()));
        }
        String pressure = pipeline.pauseReasonText();
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
                writer.cutSoFar().records(),
                settings.journal().maxBacklog().bytes());
    }

    private ServerStatus.Source source(Source source) {
        SourceStatus status = source.status();
        return new ServerStatus.Source(
                settings.sources().get(source.name()).type(),
                status.address(),
                status.connections(),
                status.records(),
                status.bytes(),
                status.refusals(),
                status.unreadResets(),
                status.unfinishedBytes(),
                status.paused(),
                Optional.ofNullable(status.reading()).map(StatusReport::reading),
                Optional.ofNullable(status.idempotency())
                        .map(keys -> new ServerStatus.Idempotency(
                                keys.keys(), keys.keysMax(), keys.forgotten(), keys.coveredSeconds())),
                Optional.ofNullable(status.tls()).map(ServerStatus.Tls::of),
                Optional.ofNullable(status.users()).map(StatusReport::users));
    }

    private static UsersStatus users(SourceStatus.Users users) {
        Map<String, UsersStatus.User> byName = new LinkedHashMap<>();
        users.users()
                .forEach((name, user) -> byName.put(
                        name, new UsersStatus.User(user.connections(), user.records(), user.bytes(), user.refusals())));
        return new UsersStatus(users.unauthorized(), users.lastError(), byName);
    }

    private static ServerStatus.Reading reading(SourceStatus.Reading reading) {
        if (reading.tables() != null) {
            Map<String, ServerStatus.Table> tables = new LinkedHashMap<>();
            reading.tables().forEach((name, table) -> tables.put(name, table(table)));
            return new ServerStatus.Reading(reading.state(), reading.lastError(), null, tables);
        }
        if (reading.partitions() == null) {
            return new ServerStatus.Reading(reading.state(), reading.lastError(), null);
        }
        Map<String, ServerStatus.Partition> partitions = new LinkedHashMap<>();
        reading.partitions().forEach((name, partition) -> partitions.put(name, partition(partition)));
        return new ServerStatus.Reading(reading.state(), reading.lastError(), partitions);
    }

    private static ServerStatus.Table table(TableStatus table) {
        return new ServerStatus.Table(
                table.state(),
                table.rows(),
                table.rowsAbout(),
                table.ranges(),
                table.rangesDone(),
                table.error(),
                table.note());
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
        String name = lane.sink().name();
        return new ServerStatus.Sink(
                settings.sinks().get(name).type(),
                sinkTargets.get(name),
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
                givenUp,
                status.spark(),
                status.tls().map(ServerStatus.Tls::of));
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
                status.failures(),
                status.spark());
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

    private static ServerStatus.Batch batch(BatchView batch) {
        Optional<BatchView.Split> split = batch.split();
        Map<String, ServerStatus.HottestOfKey> byName = new LinkedHashMap<>();
        split.ifPresent(into -> into.hottestByName()
                .forEach(key -> byName.put(key.name(), new ServerStatus.HottestOfKey(key.record(), key.count()))));
        return new ServerStatus.Batch(
                batch.info().number(),
                batch.info().window(),
                batch.info().records(),
                batch.info().bytes(),
                split.map(BatchView.Split::buckets).orElse(0),
                batch.onSpark() ? "spark" : "memory",
                state(batch),
                split.map(BatchView.Split::hottest).orElse(""),
                split.map(BatchView.Split::hottestCount).orElse(0L),
                byName);
    }

    /** A sink that stopped at the batch says so itself. */
    private static String state(BatchView batch) {
        if (batch.state() != BatchView.State.FAILED) {
            return word(batch.state());
        }
        return word(batch.split().isPresent() ? BatchView.State.DELIVERING : BatchView.State.CUT);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
