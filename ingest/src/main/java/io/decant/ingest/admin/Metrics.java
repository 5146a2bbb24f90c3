package io.decant.ingest.admin;

import io.decant.bucketer.Memory;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * {@code /metrics}. Everything but the duration of syncs is read from a {@link ServerStatus} when it is asked for, so
 * that metrics cost nothing in between. Thread-safe.
 */
public final class Metrics implements AutoCloseable {

    /** Prometheus' text format; what a client is given that does not ask for another. */
    static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final String PREFIX = "decant.";
    /** From a fast NVMe drive to a disk that is about to fail. */
    private static final Duration[] SYNC_BUCKETS = {
        Duration.ofNanos(250_000),
        Duration.ofMillis(1),
        Duration.ofMillis(3),
        Duration.ofMillis(10),
        Duration.ofMillis(30),
        Duration.ofMillis(100),
        Duration.ofMillis(300),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10)
    };

    private final PrometheusRegistry all = new PrometheusRegistry();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, all, Clock.SYSTEM);
    /** What is not Decant's alone, without its prefix. */
    private final PrometheusMeterRegistry standard =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, all, Clock.SYSTEM);

    private final ProcessMetrics process = new ProcessMetrics();
    /** As {@code decant_jvm_gc_*}, one of the names until 0.1.0, which go with the version after this. */
    private final JvmGcMetrics gcUntil010 = new JvmGcMetrics();

    private final Timer syncs;
    /** Partitions come and go. */
    private final MultiGauge lags;

    private final MultiGauge lost;
    private final MultiGauge skipped;
    private volatile ServerStatus latest;

    public Metrics() {
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.withName(PREFIX + id.getName());
            }
        });
        syncs = Timer.builder("journal.sync")
                .description("Time that it took to bring a group to stable storage")
                .serviceLevelObjectives(SYNC_BUCKETS)
                .register(registry);
        Gauge.builder("offheap", Memory::allocatedBytes)
                .description("Memory outside the heap that holds keys and buckets")
                .baseUnit("bytes")
                .register(registry);
        lags = MultiGauge.builder("source.lag.records")
                .description("Records of a partition that are not durable here yet")
                .register(registry);
        lost = MultiGauge.builder("source.lost.records")
                .description("Records of a partition that the broker had deleted before they were read")
                .register(registry);
        skipped = MultiGauge.builder("source.skipped.records")
                .description("Offsets of a partition that were skipped because their records could not be read")
                .register(registry);
        FunctionCounter.builder("log.lines.dropped", this, metrics -> DroppedLogLines.count())
                .description("Log lines that were dropped because stderr was not read")
                .register(registry);
        process.bindTo(standard);
        gcUntil010.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** A sync of the journal took so long. */
    public void synced(long nanos) {
        syncs.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Registers what a status has; its sources and sinks stay the same for the life of a server. Called once. */
    void register(ServerStatus first) {
        latest = first;
        gauge(
                "ready",
                "1 if records are accepted, else 0",
                Tags.empty(),
                s -> s.notReady().isEmpty() ? 1 : 0);
        gauge("stages.stalled", "Stages that have work and make no progress", Tags.empty(), s -> s.stalled()
                .size());
        registerJournal();
        first.sources().forEach(this::registerSource);
        first.sources().forEach((name, source) -> source.reading()
                .map(ServerStatus.Reading::tables)
                .ifPresent(tables -> tables.keySet().forEach(table -> registerTable(name, table))));
        first.transforms().forEach((source, steps) -> {
            for (int step = 0; step < steps.size(); step++) {
                registerStep(source, step);
            }
        });
        first.sinks().keySet().forEach(this::registerSink);
        first.sinks().forEach((name, sink) -> sink.tls()
                .ifPresent(files -> registerTls(
                        "sinks." + name, s -> s.sinks().get(name).tls().orElse(files))));
        registerDeadLetters(first);
        if (first.offload().isOn()) {
            registerOffload();
        }
    }

    /** Those who read events are known to the admin server alone. Called once. */
    void register(EventReaders readers) {
        Gauge.builder("events.readers", readers, EventReaders::count)
                .description("Readers of events")
                .register(registry);
        FunctionCounter.builder("events.readers.cut.off", readers, EventReaders::cutOffSoFar)
                .description("Readers of events that were cut off because they were too slow")
                .register(registry);
        FunctionCounter.builder("events.readers.refused", readers, EventReaders::refusedSoFar)
                .description("Readers of events that were refused because there were too many")
                .register(registry);
    }

    private void registerOffload() {
        counter("offload.batches", "Batches split on Spark", Tags.empty(), s -> s.offload()
                .batches());
        counter("offload.failures", "Failed attempts to split a batch on Spark", Tags.empty(), s -> s.offload()
                .failures());
        gauge("offload.batch", "The batch that is split on Spark, 0 if none is", Tags.empty(), s -> s.offload()
                .batch());
        gauge("offload.tasks", "Tasks of the stage that runs", Tags.empty(), s -> s.offload()
                .tasks());
        gauge("offload.tasks.done", "Tasks of the stage that runs which are done", Tags.empty(), s -> s.offload()
                .tasksDone());
        gauge("offload.records", "Records that the stage has processed", Tags.empty(), s -> s.offload()
                .records());
    }

    private void registerJournal() {
        String position = "Position in the journal, bytes since its creation";
        gauge("journal.position.bytes", position, Tags.of("position", "appended"), s -> s.journal()
                .appended());
        gauge("journal.position.bytes", position, Tags.of("position", "synced"), s -> s.journal()
                .synced());
        gauge("journal.position.bytes", position, Tags.of("position", "cut"), s -> s.journal()
                .cut());
        gauge("journal.position.bytes", position, Tags.of("position", "delivered"), s -> s.journal()
                .delivered());
        gauge("journal.backlog.bytes", "Bytes that are not delivered to every sink yet", Tags.empty(), s -> s.journal()
                .backlogBytes());
        gauge("journal.max.backlog.bytes", "Backlog at which sources are paused", Tags.empty(), s -> s.journal()
                .backlogBytesMax());
        gauge("journal.queued.bytes", "Payload that waits to be appended", Tags.empty(), s -> s.journal()
                .queuedBytes());
        gauge("journal.free.bytes", "Free space of the journal's disk", Tags.empty(), s -> s.journal()
                .freeBytes());
        gauge("journal.uncut.records", "Records that are not in a batch yet", Tags.empty(), s -> s.journal()
                .uncutRecords());
        counter("batches", "Batches cut", Tags.empty(), s -> s.journal().batchesCut());
        counter("batch.records", "Records of the batches cut", Tags.empty(), s -> s.journal()
                .recordsCut());
    }

    private void registerSource(String name, ServerStatus.Source source) {
        Tags tags = Tags.of("source", name);
        if (source.reading().isPresent()) {
            gauge(
                    "source.up",
                    "1 while it can read from its cluster or server, else 0",
                    tags,
                    s -> s.sources().get(name).reading().orElseThrow().state().equals("reading") ? 1 : 0);
        }
        if (source.tls().isPresent()) {
            registerTls("sources." + name, s -> s.sources().get(name).tls().orElseThrow());
        }
        source.users().ifPresent(users -> registerUsers(name, users));
        counter("source.records", "Records acknowledged", tags, s -> s.sources()
                .get(name)
                .records());
        counter("source.bytes", "Bytes acknowledged", tags, s -> s.sources()
                .get(name)
                .bytes());
        counter("source.refusals", "Connections refused or ended with an error", tags, s -> s.sources()
                .get(name)
                .refusals());
        counter(
                "source.unread.resets",
                "Connections reset by senders that had not read their answers",
                tags,
                s -> s.sources().get(name).unreadResets());
        gauge("source.connections", "Open connections", tags, s -> s.sources()
                .get(name)
                .connections());
        gauge("source.unfinished.bytes", "Bytes of unfinished lines", tags, s -> s.sources()
                .get(name)
                .unfinishedBytes());
        gauge(
                "source.paused",
                "1 while it is paused until the journal has room",
                tags,
                s -> s.sources().get(name).paused() ? 1 : 0);
    }

    private void registerUsers(String source, UsersStatus users) {
        Function<ServerStatus, UsersStatus> ofSource =
                s -> s.sources().get(source).users().orElseThrow();
        counter(
                "source.unauthorized",
                "Connections and requests that were no user's",
                Tags.of("source", source),
                s -> ofSource.apply(s).unauthorized());
        gauge(
                "source.tokens.reload.failed",
                "1 while files of tokens have changed and cannot be used, else 0",
                Tags.of("source", source),
                s -> ofSource.apply(s).lastError().isEmpty() ? 0 : 1);
        users.byName().keySet().forEach(user -> {
            Tags tags = Tags.of("source", source, "user", user);
            counter("source.user.records", "Records of a user acknowledged", tags, s -> ofSource.apply(s)
                    .byName()
                    .get(user)
                    .records());
            counter("source.user.bytes", "Bytes of a user acknowledged", tags, s -> ofSource.apply(s)
                    .byName()
                    .get(user)
                    .bytes());
            counter(
                    "source.user.refusals",
                    "Connections and requests of a user refused or ended with an error",
                    tags,
                    s -> ofSource.apply(s).byName().get(user).refusals());
            gauge("source.user.connections", "Open connections of a user", tags, s -> ofSource.apply(s)
                    .byName()
                    .get(user)
                    .connections());
        });
    }

    /** @param component dotted key of the section that has the port */
    void registerTls(String component, Function<ServerStatus, ServerStatus.Tls> tls) {
        Tags tags = Tags.of("component", component);
        gauge("tls.expiry.days", "Days until the certificate expires", tags, s -> tls.apply(s)
                .days());
        counter("tls.handshakes.failed", "TLS handshakes that failed", tags, s -> tls.apply(s)
                .handshakesFailed());
        gauge(
                "tls.reload.failed",
                "1 while the files of the certificate have changed and cannot be used, else 0",
                tags,
                s -> tls.apply(s).lastError().isEmpty() ? 0 : 1);
    }

    /** @param failed how many, since the start; asked at each scrape */
    void registerLogins(LongSupplier failed) {
        counter("admin.failed.logins", "Logins with a token that no user has", Tags.empty(), s -> failed.getAsLong());
    }

    private void registerTable(String source, String table) {
        Tags tags = Tags.of("source", source, "table", table);
        gauge("source.table.rows", "Rows of a table that are in the journal", tags, s -> table(s, source, table)
                .rows());
        gauge("source.table.rows.planned", "Rows that a table was planned to have, about", tags, s -> table(
                        s, source, table)
                .rowsAbout());
        gauge(
                "source.table.ranges.left",
                "Ranges of a table that are not read yet",
                tags,
                s -> table(s, source, table).ranges() - table(s, source, table).rangesDone());
    }

    private static ServerStatus.Table table(ServerStatus status, String source, String table) {
        return status.sources().get(source).reading().orElseThrow().tables().get(table);
    }

    private void registerStep(String source, int step) {
        Tags tags = Tags.of("source", source, "step", Integer.toString(step + 1));
        counter("transform.in", "Records that entered a step", tags, s -> s.transforms()
                .get(source)
                .get(step)
                .in());
        counter("transform.out", "Records that a step produced", tags, s -> s.transforms()
                .get(source)
                .get(step)
                .out());
        counter("transform.dropped", "Records that a step dropped", tags, s -> s.transforms()
                .get(source)
                .get(step)
                .dropped());
        counter("transform.failed", "Records that could not be transformed because of a step", tags, s -> s.transforms()
                .get(source)
                .get(step)
                .failed());
    }

    private void registerSink(String name) {
        Tags tags = Tags.of("sink", name);
        counter("sink.requests", "Requests answered with success", tags, s -> s.sinks()
                .get(name)
                .requests());
        counter("sink.retries", "Requests that were repeated", tags, s -> s.sinks()
                .get(name)
                .retries());
        counter("sink.records", "Records delivered", tags, s -> s.sinks()
                .get(name)
                .records());
        counter("sink.bytes", "Bytes of bodies delivered", tags, s -> s.sinks()
                .get(name)
                .bytes());
        gauge("sink.batch", "Last batch that is delivered completely", tags, s -> s.sinks()
                .get(name)
                .batch());
        gauge("sink.lag.records", "Records that are not delivered yet", tags, s -> s.sinks()
                .get(name)
                .lagRecords());
        gauge("sink.lag.seconds", "Age of the oldest record that is not delivered yet", tags, s -> s.sinks()
                .get(name)
                .lagSeconds());
        gauge(
                "sink.breaker.open",
                "Whether its breaker is open: too many records refused in a row",
                tags,
                s -> s.sinks().get(name).breakerOpen() ? 1 : 0);
    }

    private void registerDeadLetters(ServerStatus first) {
        gauge("dead.letter.bytes", "Bytes of all files of dead letters", Tags.empty(), s -> s.deadLetters()
                .bytes());
        first.sinks().forEach((name, sink) -> sink.deadLetters()
                .keySet()
                .forEach(reason -> deadLetterCounter(
                        name, reason, s -> s.sinks().get(name).deadLetters().get(reason))));
        first.deadLetters()
                .ofNoSink()
                .keySet()
                .forEach(reason -> deadLetterCounter(
                        "", reason, s -> s.deadLetters().ofNoSink().get(reason)));
    }

    private void deadLetterCounter(String sink, String reason, ToDoubleFunction<ServerStatus> value) {
        counter("dead.letters", "Records that became dead letters", Tags.of("sink", sink, "reason", reason), value);
    }

    private void gauge(String name, String description, Tags tags, ToDoubleFunction<ServerStatus> value) {
        Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.latest))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void counter(String name, String description, Tags tags, ToDoubleFunction<ServerStatus> value) {
        FunctionCounter.builder(name, this, metrics -> value.applyAsDouble(metrics.latest))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /**
     * All of it.
     *
     * @param format {@link #TEXT} or {@link #OPEN_METRICS}
     */
    String scrape(ServerStatus now, String format) {
        latest = now;
        List<MultiGauge.Row<?>> lagRows = new ArrayList<>();
        List<MultiGauge.Row<?>> lostRows = new ArrayList<>();
        List<MultiGauge.Row<?>> skippedRows = new ArrayList<>();
        now.sources().forEach((name, source) -> source.reading()
                .map(ServerStatus.Reading::partitions)
                .ifPresent(partitions -> partitions.values().forEach(partition -> {
                    Tags tags = Tags.of(
                            "source",
                            name,
                            "topic",
                            partition.topic(),
                            "partition",
                            String.valueOf(partition.number()));
                    partition.lag().ifPresent(lag -> lagRows.add(MultiGauge.Row.of(tags, lag)));
                    skippedRows.add(MultiGauge.Row.of(tags, partition.skipped()));
                    lostRows.add(MultiGauge.Row.of(tags, partition.lost()));
                })));
        lags.register(lagRows, true);
        lost.register(lostRows, true);
        skipped.register(skippedRows, true);
        return registry.scrape(format);
    }

    @Override
    public void close() {
        process.close();
        gcUntil010.close();
        standard.close();
        registry.close();
    }
}
