package io.decant.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Everything one server is told. Immutable, and valid once it is there.
 *
 * @param name in idempotency keys, paths and metrics
 * @param dataDir where the journal lies; absolute if a {@link SettingsLoader} made this
 * @param shutdownTimeout how long a server that was asked to end may go on delivering
 * @param sources by name, in file order, at least one
 * @param offload which batches are split on Spark
 * @param dlq what becomes of records that no sink takes
 * @param sinks by name, in file order, at least one
 * @param transforms what the records of sources go through, by the source's name; only of those that have some
 */
public record Settings(
        String name,
        Path dataDir,
        Duration shutdownTimeout,
        Map<String, SourceSettings> sources,
        JournalSettings journal,
        BatchSettings batch,
        BucketSettings bucket,
        OffloadSettings offload,
        DeadLetterSettings dlq,
        Map<String, SinkSettings> sinks,
        AdminSettings admin,
        Map<String, SourceTransforms> transforms) {

    /** The types of sources. A new one is added here, and in {@code SourceTypes} of the server. */
    static final NamedSections<SourceSettings> SOURCES = new NamedSections<>(
            "sources",
            List.of(
                    TcpSourceSettings.COMPONENT_TYPE,
                    KafkaSourceSettings.COMPONENT_TYPE,
                    MysqlSourceSettings.COMPONENT_TYPE,
                    HttpSourceSettings.COMPONENT_TYPE),
            "sources: {logs: {type: tcp, address: \"127.0.0.1:9999\"}}",
            SourceTransforms.SECTION.settings());

    /** The types of sinks. A new one is added here, and in {@code SinkTypes} of the server. */
    static final NamedSections<SinkSettings> SINKS = new NamedSections<>(
            "sinks",
            List.of(
                    HttpSinkSettings.COMPONENT_TYPE, //
                    HdfsSinkSettings.COMPONENT_TYPE,
                    ConsoleSinkSettings.COMPONENT_TYPE,
                    JdbcSinkSettings.COMPONENT_TYPE,
                    SparkSinkSettings.COMPONENT_TYPE),
            "sinks: {api: {type: http, url: \"http://localhost:8000/buckets\"}}");

    static final String JOURNAL = "journal";
    static final String BATCH = "batch";
    static final String BUCKET = "bucket";
    static final String OFFLOAD = "offload";
    static final String DLQ = "dlq";
    static final String ADMIN = "admin";

    /** @throws IllegalArgumentException if a value is out of its range, or two do not fit each other */
    public Settings {
        General.NAME.check(name);
        Objects.requireNonNull(dataDir, "dataDir");
        General.SHUTDOWN_TIMEOUT.check(shutdownTimeout);
        SOURCES.check(sources);
        SINKS.check(sinks);
        Objects.requireNonNull(journal, JOURNAL);
        Objects.requireNonNull(batch, BATCH);
        Objects.requireNonNull(bucket, BUCKET);
        Objects.requireNonNull(offload, OFFLOAD);
        Objects.requireNonNull(dlq, DLQ);
        Objects.requireNonNull(admin, ADMIN);
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        sinks = Collections.unmodifiableMap(new LinkedHashMap<>(sinks));
        transforms = Collections.unmodifiableMap(new LinkedHashMap<>(transforms));
        if (!sources.keySet().containsAll(transforms.keySet())) {
            throw new IllegalArgumentException("transforms of unknown sources: " + transforms.keySet());
        }
        List<Conflict> conflicts = Consistency.conflicts(sources, journal, dlq, sinks, admin);
        if (!conflicts.isEmpty()) {
            Conflict first = conflicts.get(0);
            throw new IllegalArgumentException(first.values() + " " + first.text() + "; " + first.wayOut());
        }
    }

    /** Of sources whose records stay as they are. */
    public Settings(
            String name,
            Path dataDir,
            Duration shutdownTimeout,
            Map<String, SourceSettings> sources,
            JournalSettings journal,
            BatchSettings batch,
            BucketSettings bucket,
            OffloadSettings offload,
            DeadLetterSettings dlq,
            Map<String, SinkSettings> sinks,
            AdminSettings admin) {
        this(name, dataDir, shutdownTimeout, sources, journal, batch, bucket, offload, dlq, sinks, admin, Map.of());
    }

    /** The same with these transforms. */
    public Settings withTransforms(Map<String, SourceTransforms> others) {
        return new Settings(
                name, dataDir, shutdownTimeout, sources, journal, batch, bucket, offload, dlq, sinks, admin, others);
    }

    /** The class of the settings of each type of source, by the type's name. */
    public static Map<String, Class<? extends SourceSettings>> sourceTypes() {
        return SOURCES.settingsByType();
    }

    /** The class of the settings of each type of sink, by the type's name. */
    public static Map<String, Class<? extends SinkSettings>> sinkTypes() {
        return SINKS.settingsByType();
    }

    /** Whether anything runs on Spark: large batches, or what a sink does with each of its. */
    public boolean usesSpark() {
        return offload.isOn() || sinks.values().stream().anyMatch(SinkSettings::usesOffload);
    }

    General general() {
        return new General(name, dataDir, shutdownTimeout);
    }
}
