package io.decant.ingest.simulation;

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
import io.decant.config.KeySpec;
import io.decant.config.MissingKey;
import io.decant.config.OffloadSettings;
import io.decant.config.Secret;
import io.decant.config.SessionMode;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.config.TcpSourceSettings;
import io.decant.config.TlsSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Other settings at every start: what was cut before must not notice. */
final class SimulatedSettings {

    /** Of time served: the simulated clock jumps by more, and no session may be forgotten for it. */
    private static final Duration SESSION_RETAIN = Duration.ofDays(7);

    private final Random random;
    private final KeyMode mode;
    private final Duration retain;
    private final Collection<String> sinks;
    private final WrongEndpoint wrongEndpoint;

    /**
     * @param retain what the journal keeps of what is delivered, at every start
     * @param wrongEndpoint where there is one, requests go out one at a time, so that the order of answers is that of
     *     the records
     */
    SimulatedSettings(
            Random random, KeyMode mode, Duration retain, Collection<String> sinks, WrongEndpoint wrongEndpoint) {
        this.random = random;
        this.mode = mode;
        this.retain = retain;
        this.sinks = sinks;
        this.wrongEndpoint = wrongEndpoint;
    }

    Settings next() {
        Map<String, SinkSettings> sinkSettings = new LinkedHashMap<>();
        for (String name : sinks) {
            sinkSettings.put(
                    name,
                    new HttpSinkSettings(
                            URI.create("http://localhost/" + name),
                            BodyFormat.LINES,
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
        return new Settings(
                "sim-" + random.nextInt(3),
                Path.of("data"),
                Duration.ofSeconds(10),
                Map.of(
                        SimulatedSource.NAME,
                        new TcpSourceSettings(
                                new HostPort("127.0.0.1", 0),
                                new DataSize(1 << 10),
                                100,
                                Duration.ZERO,
                                Duration.ZERO,
                                AckMode.COUNT,
                                SessionMode.REQUIRED,
                                SESSION_RETAIN,
                                100,
                                false)),
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
                new BucketSettings(KeySpec.parse(mode.spec()), MissingKey.RECORD),
                OffloadSettings.defaults(),
                new DeadLetterSettings(DataSize.ofMebibytes(1)),
                sinkSettings,
                new AdminSettings(new HostPort("127.0.0.1", 0), List.of()));
    }
}
