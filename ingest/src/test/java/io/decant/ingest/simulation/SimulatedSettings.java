package io.decant.ingest.simulation;

import io.decant.bucketer.Fold;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.transform.TransformError;
import io.decant.config.AckMode;
import io.decant.config.AdminSettings;
import io.decant.config.AuthSettings;
import io.decant.config.BatchSettings;
import io.decant.config.BodyFormat;
import io.decant.config.BucketSettings;
import io.decant.config.Compression;
import io.decant.config.DataSize;
import io.decant.config.DeadLetterSettings;
import io.decant.config.HostPort;
import io.decant.config.HttpSinkSettings;
import io.decant.config.JournalSettings;
import io.decant.config.OffloadSettings;
import io.decant.config.Secret;
import io.decant.config.SessionMode;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.config.SourceSettings;
import io.decant.config.SourceTransforms;
import io.decant.config.TcpSourceSettings;
import io.decant.config.TlsSettings;
import io.decant.config.TransformStep;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Other settings at every start: what was cut before must not notice. */
final class SimulatedSettings {

    /** Of time served: the simulated clock jumps by more, and no session may be forgotten for it. */
    private static final Duration SESSION_RETAIN = Duration.ofDays(7);

    /** The sink that gets counts. */
    static final String COUNTS = "counts";

    private final Random random;
    private final KeyMode mode;
    private final Duration retain;
    private final Collection<String> sinks;
    private final WrongEndpoint wrongEndpoint;
    /** Of its own, so that seeds without transforms stay what they were; null: there are none. */
    private final Random transforming;
    /** Beside the TCP source. */
    private final Map<String, SourceSettings> otherSources;

    /**
     * @param retain what the journal keeps of what is delivered, at every start
     * @param transforming chooses transforms; null: there are none
     * @param wrongEndpoint where there is one, requests go out one at a time, so that the order of answers is that of
     *     the records
     */
    SimulatedSettings(
            Random random,
            KeyMode mode,
            Duration retain,
            Collection<String> sinks,
            WrongEndpoint wrongEndpoint,
            Random transforming,
            Map<String, SourceSettings> otherSources) {
        this.random = random;
        this.mode = mode;
        this.retain = retain;
        this.sinks = sinks;
        this.wrongEndpoint = wrongEndpoint;
        this.transforming = transforming;
        this.otherSources = otherSources;
    }

    /**
     * Other ones at every start, that leave of each record what it was: by splitting off a part and dropping that, by
     * failing where that keeps the record or makes it a dead letter, or by building it again.
     */
    private Map<String, SourceTransforms> transforms() {
        List<List<String>> choices = List.of(
                List.of("replace: {regex: \"$\", with: \"|cut off\"}", "split: \"\\\\|\"", "drop: \"regex:^cut off$\""),
                List.of("split: \"\\\\|\"", "drop: tombstone", "keep: \"regex:.\""),
                List.of("json-pick: {a: /a}"),
                List.of("csv-pick: [1, 2, 3]"),
                List.of("replace: {regex: \"^(.*)$\", with: \"<$1\"}", "replace: {regex: \"^<\", with: \"\"}"));
        if (transforming == null || mode == KeyMode.JSON || transforming.nextInt(3) == 0) {
            return Map.of();
        }
        List<TransformStep> steps = choices.get(transforming.nextInt(choices.size())).stream()
                .map(step -> TransformStep.parse(step, "simulation", Map.of()))
                .toList();
        // Fails on all records, or on those with fewer columns.
        TransformError error = transforming.nextBoolean() ? TransformError.KEEP : TransformError.DLQ;
        return Map.of(SimulatedSource.NAME, new SourceTransforms(steps, error));
    }

    /** @param otherSinks beside the receivers */
    Settings next(Map<String, SinkSettings> otherSinks) {
        Map<String, SinkSettings> sinkSettings = new LinkedHashMap<>();
        for (String name : sinks) {
            sinkSettings.put(
                    name,
                    new HttpSinkSettings(
                            URI.create("http://localhost/" + name),
                            name.equals(COUNTS) ? BodyFormat.COUNTS : BodyFormat.LINES,
                            "",
                            1 + random.nextInt(wrongEndpoint.isThere() ? wrongEndpoint.partRecordsMax() : 50),
                            new DataSize(1024 + random.nextInt(1000)),
                            wrongEndpoint.isThere() ? 1 : 1 + random.nextInt(4),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(1 + random.nextInt(3)),
                            wrongEndpoint.bound(),
                            Compression.NONE,
                            TlsSettings.NONE,
                            AuthSettings.NONE,
                            Secret.NONE,
                            Map.of()));
        }
        sinkSettings.putAll(otherSinks);
        Settings settings = new Settings(
                "sim-" + random.nextInt(3),
                Path.of("data"),
                Duration.ofSeconds(10),
                sources(),
                new JournalSettings(
                        random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(5),
                        DataSize.ofMebibytes(256),
                        DataSize.ofGibibytes(10),
                        DataSize.ofGibibytes(4),
                        DataSize.ofMebibytes(1),
                        retain,
                        DataSize.ofMebibytes(64)),
                new BatchSettings(
                        Duration.ofMillis(random.nextBoolean() ? 100 : 1000),
                        random.nextBoolean() ? 1_000_000 : 1 + random.nextInt(100)),
                new BucketSettings(KeySpec.parse(mode.spec()), Optional.empty(), MissingKey.RECORD, Fold.NONE, ","),
                OffloadSettings.defaults(),
                new DeadLetterSettings(DataSize.ofMebibytes(1)),
                sinkSettings,
                new AdminSettings(new HostPort("127.0.0.1", 0), List.of()));
        return settings.withTransforms(transforms());
    }

    private Map<String, SourceSettings> sources() {
        Map<String, SourceSettings> sources = new LinkedHashMap<>(otherSources);
        sources.put(
                SimulatedSource.NAME,
                new TcpSourceSettings(
                        Optional.of(new HostPort("127.0.0.1", 0)),
                        Optional.empty(),
                        new DataSize(1 << 10),
                        100,
                        Duration.ZERO,
                        Duration.ZERO,
                        AckMode.COUNT,
                        SessionMode.REQUIRED,
                        SESSION_RETAIN,
                        100,
                        false,
                        false,
                        Optional.empty(),
                        Map.of()));
        return sources;
    }
}
