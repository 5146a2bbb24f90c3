package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Fold;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.MissingKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SettingsPrinterTest {
    @Test
    void shouldPrintEveryEffectiveValueAndNoSecret() {
        String printed = SettingsPrinter.print(
                Yaml.load(Yaml.LEAST, "sinks.api.headers.Authorization=Bearer hunter2", "sinks.api.headers.'X'=1"));

        assertThat(printed).isEqualTo("""
                        name: decant
                        data-dir: /etc/decant/data
                        shutdown-timeout: 10s
                        sources:
                          logs:
                            type: tcp
                            address: 127.0.0.1:9999
                            connect: ""
                            max-record: 1MiB
                            max-connections: 10000
                            idle-timeout: 0s
                            line-timeout: 5m
                            ack: end
                            session: off
                            session-retain: 7d
                            sessions-per-address: 10000
                            allow-http-like: false
                            proxy-protocol: false
                            tls: off
                            users: off
                            transforms: []
                            transform-error: dlq
                        journal:
                          linger: 0s
                          segment-size: 256MiB
                          max-backlog: 10GiB
                          cached-backlog: 4GiB
                          min-free: 1GiB
                          retain: 0s
                          unfinished: 64MiB
                        batch:
                          interval: 1s
                          max-records: 10000000
                        bucket:
                          key: record
                          keys: none
                          missing-key: record
                          fold: none
                          csv-delimiter: ","
                        offload:
                          above: off
                          master: "local[*]"
                          staging: /etc/decant/data/staging
                          hadoop-conf: ""
                          queue: default
                          driver-memory: 1GiB
                          executor-memory: 2GiB
                          executor-cores: 2
                          executor-instances: auto
                          archive: ""
                          driver-host: ""
                          properties: {}
                        dlq:
                          max-size: 1GiB
                        sinks:
                          api:
                            type: http
                            url: http://localhost:8000/buckets
                            method: POST
                            format: lines
                            content-type: ""
                            max-records: 10000
                            max-bytes: 4MiB
                            concurrency: 4
                            timeout: 30s
                            connect-timeout: 10s
                            retry-max-delay: 1m
                            retry-on: none
                            refuse-on: none
                            refused-in-a-row: 1000
                            compression: none
                            tls:
                              ca-file: ""
                              certificate: ""
                              key: ""
                              server-name: ""
                            auth:
                              basic: ""
                              bearer: ""
                              token-file: ""
                              oauth2: off
                            proxy: ""
                            no-proxy: none
                            signing-secret: ""
                            headers:
                              Authorization: "<hidden>"
                              "'X'": "<hidden>"
                        admin:
                          address: 127.0.0.1:8080
                          hosts: none
                          base-path: ""
                          tls: off
                          users: off
                        """);
    }

    @Property(tries = 300)
    void shouldPrintWhatLoadsBackToEqualSettings(@ForAll("settings") Settings settings) {
        String printed = SettingsPrinter.print(settings);

        assertThat(Yaml.load(printed, Map.of("A", "never"))).isEqualTo(settings);
    }

    @Provide
    Arbitrary<Settings> settings() {
        Arbitrary<String> names = Arbitraries.of("a", "null", "0x1F", "-", "_", "true", "1e3");
        Arbitrary<HostPort> addresses =
                Arbitraries.of(new HostPort("::1", 0), new HostPort("localhost", 7), new HostPort("fe80::1%e", 65_535));
        Arbitrary<String> keys = Arbitraries.strings()
                .ofMaxLength(20)
                .map(text -> "regex:(" + Pattern.quote(text + "${A} # : $${") + ")");
        Arbitrary<Path> folders = Arbitraries.strings()
                .excludeChars('\0', '/')
                .withCharRange('\1', '\ud7ff')
                .ofMaxLength(10)
                .map(text -> Path.of("/x" + text));
        Arbitrary<Long> millis = Arbitraries.longs().between(10, 86_400_000);
        Arbitrary<Long> bytes = Arbitraries.longs().between(1 << 20, 32 << 20);
        return Combinators.combine(names, addresses, keys, folders, millis, bytes)
                .as((name, address, key, folder, time, size) -> new Settings(
                        name,
                        folder,
                        Duration.ofMillis(time),
                        Map.of(
                                name,
                                new TcpSourceSettings(
                                        Optional.of(address),
                                        Optional.empty(),
                                        new DataSize(size),
                                        3,
                                        Duration.ofMillis(time),
                                        Duration.ofMillis(time + 1),
                                        AckMode.FLUME,
                                        SessionMode.REQUIRED,
                                        Duration.ofSeconds(time),
                                        5,
                                        size % 2 == 0,
                                        false,
                                        Optional.empty(),
                                        Map.of())),
                        JournalSettings.defaults(),
                        new BatchSettings(Duration.ofMillis(time), 17),
                        new BucketSettings(
                                size % 2 == 0
                                        ? KeySpec.parse(key)
                                        : KeySpec.composite(
                                                List.of(KeySpec.parse("csv:1"), KeySpec.parse("json:/\\a"))),
                                Optional.empty(),
                                MissingKey.RECORD,
                                size % 3 == 0 ? Fold.CASE : Fold.NONE,
                                size % 2 == 0 ? "," : "\\t"),
                        new OffloadSettings(
                                size % 2 == 0 ? Optional.empty() : Optional.of(new DataSize(size)),
                                "local[3]",
                                "hdfs://namenode:8020/" + name,
                                Optional.empty(),
                                "root.a_b",
                                DataSize.ofGibibytes(2),
                                DataSize.ofGibibytes(3),
                                4,
                                size % 3 == 0 ? Optional.empty() : Optional.of(5),
                                "hdfs:///spark.zip",
                                "::1",
                                Map.of("spark.a-b.c", new PropertyValue("#: ${x}" + key, false))),
                        new DeadLetterSettings(new DataSize(8 * size)),
                        Map.of(name, HttpSinkSettings.defaults(URI.create("http://h/?a=b&c=~"))),
                        AdminSettings.defaults()));
    }
}
