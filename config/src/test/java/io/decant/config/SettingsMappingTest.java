package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Fold;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.MissingKey;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every key lands where it belongs, and every default is the documented one. */
class SettingsMappingTest {
    @Test
    void shouldFillInEveryDefault() {
        Settings settings = Yaml.load(Yaml.LEAST);

        TcpSourceSettings tcp = new TcpSourceSettings(
                Optional.of(new HostPort("127.0.0.1", 9999)),
                Optional.empty(),
                DataSize.ofMebibytes(1),
                10_000,
                Duration.ZERO,
                Duration.ofMinutes(5),
                AckMode.END,
                SessionMode.OFF,
                Duration.ofDays(7),
                10_000,
                false,
                false,
                Optional.empty(),
                Map.of());
        HttpSinkSettings http = new HttpSinkSettings(
                URI.create("http://localhost:8000/buckets"),
                BodyFormat.LINES,
                "",
                10_000,
                DataSize.ofMebibytes(4),
                4,
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                Map.of());
        assertThat(settings)
                .isEqualTo(new Settings(
                        "decant",
                        Path.of("/etc/decant/data"),
                        Duration.ofSeconds(10),
                        Map.of("logs", tcp),
                        new JournalSettings(
                                Duration.ZERO,
                                DataSize.ofMebibytes(256),
                                DataSize.ofGibibytes(10),
                                DataSize.ofGibibytes(4),
                                DataSize.ofGibibytes(1),
                                Duration.ZERO,
                                DataSize.ofMebibytes(64)),
                        new BatchSettings(Duration.ofSeconds(1), 10_000_000),
                        new BucketSettings(KeySpec.RECORD, Optional.empty(), MissingKey.RECORD, Fold.NONE, ","),
                        OffloadSettings.defaults().relativeTo(Path.of("/etc/decant")),
                        new DeadLetterSettings(DataSize.ofGibibytes(1)),
                        Map.of("api", http),
                        new AdminSettings(new HostPort("127.0.0.1", 8080), List.of())));
        assertThat(http.effectiveContentType()).isEqualTo("text/plain");
    }

    @Test
    void shouldFillInEveryDefaultOfAnHttpSource() {
        Settings settings = Yaml.load(Yaml.LEAST, "sources.in={type: http, address: '127.0.0.1:8081'}");

        assertThat(settings.sources().get("in"))
                .isEqualTo(new HttpSourceSettings(
                        new HostPort("127.0.0.1", 8081),
                        "/",
                        HttpBody.LINES,
                        DataSize.ofMebibytes(1),
                        DataSize.ofMebibytes(16),
                        10_000,
                        Duration.ofSeconds(75),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10),
                        500_000,
                        Duration.ofDays(7),
                        List.of(),
                        false,
                        List.of(),
                        Optional.empty(),
                        Map.of()))
                .isEqualTo(HttpSourceSettings.defaults(new HostPort("127.0.0.1", 8081)));
        assertThat(Yaml.load(SettingsPrinter.print(settings))).isEqualTo(settings);
    }

    @Test
    void shouldGiveTheSameDefaultsInCode() {
        Settings settings = Yaml.load(Yaml.LEAST);

        assertThat(JournalSettings.defaults()).isEqualTo(settings.journal());
        assertThat(BatchSettings.defaults()).isEqualTo(settings.batch());
        assertThat(BucketSettings.defaults()).isEqualTo(settings.bucket());
        assertThat(DeadLetterSettings.defaults()).isEqualTo(settings.dlq());
        assertThat(AdminSettings.defaults()).isEqualTo(settings.admin());
        assertThat(TcpSourceSettings.defaults(new HostPort("127.0.0.1", 9999)))
                .isEqualTo(settings.sources().get("logs"));
        assertThat(HttpSinkSettings.defaults(URI.create("http://localhost:8000/buckets")))
                .isEqualTo(settings.sinks().get("api"));
    }

    @Test
    void shouldAnswerSessionsAfterEachSyncUnlessToldOtherwise() {
        String session = "sources.logs.session=required";

        assertThat(Yaml.tcp(Yaml.load(Yaml.LEAST, session), "logs").ack()).isEqualTo(AckMode.COUNT);
        assertThat(Yaml.tcp(Yaml.load(Yaml.LEAST, session, "sources.logs.ack="), "logs")
                        .ack())
                .isEqualTo(AckMode.COUNT);
        assertThat(Yaml.tcp(Yaml.load(Yaml.LEAST, session, "sources.logs.ack=none"), "logs")
                        .ack())
                .isEqualTo(AckMode.NONE);
        assertThat(SettingsPrinter.print(Yaml.load(Yaml.LEAST, session)))
                .contains("    ack: count\n    session: required\n");
    }

    /** What is printed says what holds, and is read back. */
    @Test
    void shouldTakeNothingThatIsForSendersWhereASourceConnects() {
        String connecting = "sources.logs={type: tcp, connect: '[::1]:9999'}";

        TcpSourceSettings settings = Yaml.tcp(Yaml.load(Yaml.LEAST, connecting), "logs");

        assertThat(settings.connect()).contains(new HostPort("::1", 9999));
        assertThat(settings.address()).isEmpty();
        assertThat(settings.listensAt()).isEmpty();
        assertThat(settings.ack()).isEqualTo(AckMode.NONE);
        assertThat(settings.session()).isEqualTo(SessionMode.OFF);
        assertThat(settings.maxConnections()).isEqualTo(1);
        assertThat(settings.allowHttpLike()).isTrue();
        String printed = SettingsPrinter.print(Yaml.load(Yaml.LEAST, connecting));
        assertThat(printed).contains("    address: \"\"\n    connect: \"[::1]:9999\"\n");
        assertThat(Yaml.tcp(Yaml.load(printed), "logs")).isEqualTo(settings);
    }

    @Test
    void shouldMapSeveralKeys() {
        String yaml = Yaml.LEAST + """
                bucket:
                  keys:
                    id: json:/after/id
                    email: {any-of: [json:/before/email, json:/after/email]}
                    line: [json:/order, json:/line]
                """;
        Settings settings = Yaml.load(yaml);
        assertThat(settings.bucket().frozenKey())
                .hasToString("v2 {\"id\":\"json:/after/id\",\"email\":{\"any-of\":[\"json:/before/email\","
                        + "\"json:/after/email\"]},\"line\":[\"json:/order\",\"json:/line\"]}");
        assertThat(Yaml.load(SettingsPrinter.print(settings))).isEqualTo(settings);
    }

    @Test
    void shouldTakeAListOfOneForThatKey() {
        assertThat(Yaml.load(Yaml.LEAST + "bucket: {key: [json:/id]}\n"))
                .isEqualTo(Yaml.load(Yaml.LEAST + "bucket: {key: json:/id}\n"));
        assertThat(Yaml.load(Yaml.LEAST + "bucket: {key: [record]}\n")).isEqualTo(Yaml.load(Yaml.LEAST));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{id: json:/id}, key: csv:1|is set together with bucket.keys",
                "{id: json:id}|does not begin with /",
                "{id: record}|has the whole record among its keys",
                "{a: json:/id, b: json:/id}|has the same key twice",
                "{}|names no key",
                "{a b: json:/id}|is not a name",
                "{a: {some: json:/id}}|is not a key",
                "{a: {any-of: []}}|is empty",
                "{a: {any-of: [csv:1,csv:2,csv:3,csv:4,csv:5]}, b: {any-of: [csv:6,csv:7,csv:8,csv:9]}}|more than 8 keys"
            })
    void shouldRefuseSeveralKeysThatCannotBe(String keys, String problem) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> Yaml.load(Yaml.LEAST + "bucket: {keys: " + keys + "}\n"))
                .withMessageContaining(problem);
    }

    @Test
    void shouldMapEveryKey() {
        Settings settings = Yaml.load("""
                name: edge-1
                data-dir: ../var
                shutdown-timeout: 3s
                sources:
                  clicks:
                    type: tcp
                    address: "[::1]:0"
                    max-record: 2MiB
                    max-connections: 3
                    idle-timeout: 4m
                    line-timeout: 18s
                    ack: flume
                    session: required
                    session-retain: 5h
                    sessions-per-address: 19
                    allow-http-like: true
                  logs: {type: tcp, address: localhost:1, ack: none, session: off}
                journal:
                  linger: 6ms
                  segment-size: 16MiB
                  max-backlog: 32MiB
                  cached-backlog: 9MiB
                  min-free: 7MiB
                  retain: 17h
                  unfinished: 8MiB
                batch:
                  interval: 9s
                  max-records: 10
                bucket:
                  key: [json:/user/id, "csv:2"]
                  fold: case-accent
                  csv-delimiter: "\\t"
                  missing-key: record
                offload:
                  above: 18MiB
                  master: local[2]
                  staging: ../staging
                  queue: root.ingest
                  driver-memory: 3GiB
                  executor-memory: 4GiB
                  executor-cores: 19
                  executor-instances: 20
                  archive: hdfs:///spark.tar.gz
                  driver-host: edge-1
                  properties:
                    spark.task.cpus: 2
                dlq:
                  max-size: 16MiB
                sinks:
                  api:
                    type: http
                    url: https://example.org/in?x=1
                    format: lines
                    content-type: text/plain; charset=utf-8
                    max-records: 11
                    max-bytes: 12KiB
                    concurrency: 13
                    timeout: 14s
                    retry-max-delay: 15s
                    refused-in-a-row: 16
                    compression: gzip
                    tls:
                      server-name: in.example.org
                    auth:
                      basic: "decant:${PASSWORD:-pass:word}"
                    signing-secret: whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX
                    headers:
                      X-One: Bearer x
                      X-Two: 2
                  screen:
                    type: console
                    format: lines
                    limit: 21
                admin:
                  address: 0.0.0.0:16
                  base-path: /teams/decant
                """);

        assertThat(settings.name()).isEqualTo("edge-1");
        assertThat(settings.dataDir()).isEqualTo(Path.of("/etc/var"));
        assertThat(settings.shutdownTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.sources().keySet()).containsExactly("clicks", "logs");
        assertThat(Yaml.tcp(settings, "clicks"))
                .isEqualTo(new TcpSourceSettings(
                        Optional.of(new HostPort("::1", 0)),
                        Optional.empty(),
                        DataSize.ofMebibytes(2),
                        3,
                        Duration.ofMinutes(4),
                        Duration.ofSeconds(18),
                        AckMode.FLUME,
                        SessionMode.REQUIRED,
                        Duration.ofHours(5),
                        19,
                        true,
                        false,
                        Optional.empty(),
                        Map.of()));
        assertThat(Yaml.tcp(settings, "logs").ack()).isEqualTo(AckMode.NONE);
        assertThat(Yaml.tcp(settings, "logs").session()).isEqualTo(SessionMode.OFF);
        assertThat(settings.journal())
                .isEqualTo(new JournalSettings(
                        Duration.ofMillis(6),
                        DataSize.ofMebibytes(16),
                        DataSize.ofMebibytes(32),
                        DataSize.ofMebibytes(9),
                        DataSize.ofMebibytes(7),
                        Duration.ofHours(17),
                        DataSize.ofMebibytes(8)));
        assertThat(settings.batch()).isEqualTo(new BatchSettings(Duration.ofSeconds(9), 10));
        assertThat(settings.bucket().key().setting()).isEqualTo("[json:/user/id, csv:2]");
        assertThat(settings.bucket().frozenKey())
                .hasToString("v2 fold=case-accent csv=\\t [\"json:/user/id\",\"csv:2\"]");
        assertThat(settings.offload())
                .isEqualTo(new OffloadSettings(
                        Optional.of(DataSize.ofMebibytes(18)),
                        "local[2]",
                        "/etc/staging",
                        Optional.empty(),
                        "root.ingest",
                        DataSize.ofGibibytes(3),
                        DataSize.ofGibibytes(4),
                        19,
                        Optional.of(20),
                        "hdfs:///spark.tar.gz",
                        "edge-1",
                        Map.of("spark.task.cpus", new PropertyValue("2", false))));
        assertThat(settings.dlq()).isEqualTo(new DeadLetterSettings(DataSize.ofMebibytes(16)));
        assertThat(settings.sinks().get("screen")).isEqualTo(new ConsoleSinkSettings(ConsoleFormat.LINES, 21));
        assertThat(Yaml.http(settings, "api"))
                .isEqualTo(new HttpSinkSettings(
                        URI.create("https://example.org/in?x=1"),
                        BodyFormat.LINES,
                        "text/plain; charset=utf-8",
                        11,
                        DataSize.ofKibibytes(12),
                        13,
                        Duration.ofSeconds(14),
                        Duration.ofSeconds(15),
                        16,
                        Compression.GZIP,
                        new TlsSettings(Optional.empty(), Optional.empty(), Optional.empty(), "in.example.org"),
                        new AuthSettings(new Secret("decant:pass:word"), Secret.NONE),
                        new Secret("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"),
                        Map.of("X-One", new Secret("Bearer x"), "X-Two", new Secret("2"))));
        assertThat(settings.admin().address()).isEqualTo(new HostPort("0.0.0.0", 16));
        assertThat(settings.admin().basePath()).isEqualTo("/teams/decant");
    }

    @Test
    void shouldSayTheCredentialsAsTheirSchemesDo() {
        AuthSettings basic = new AuthSettings(new Secret("Aladdin:open sesame"), Secret.NONE);
        AuthSettings bearer = new AuthSettings(Secret.NONE, new Secret("mF_9.B5f-4.1JqM"));

        // The examples of RFC 7617 and RFC 6750.
        assertThat(basic.authorization()).isEqualTo(new Secret("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assertThat(bearer.authorization()).isEqualTo(new Secret("Bearer mF_9.B5f-4.1JqM"));
        assertThat(AuthSettings.NONE.authorization()).isEqualTo(Secret.NONE);
    }

    @Test
    void shouldGiveTheKeyOfASigningSecret() {
        Settings settings = Yaml.load(Yaml.LEAST, "sinks.api.signing-secret=whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX");

        assertThat(Yaml.http(settings, "api").signingKey())
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
        assertThat(Yaml.http(Yaml.load(Yaml.LEAST), "api").signingKey()).isEmpty();
    }

    @Test
    void shouldTakeEmptySectionsAndNullsAsDefaults() {
        assertThat(Yaml.load(Yaml.LEAST + "journal:\nbatch: ~\nbucket: {}\nname: null\n"))
                .isEqualTo(Yaml.load(Yaml.LEAST));
    }

    @Test
    void shouldFollowAliases() {
        Settings settings = Yaml.load(Yaml.LEAST.replace("logs:\n", "logs: &logs\n") + "name: &n edge\n");

        assertThat(settings.name()).isEqualTo("edge");
    }

    @Test
    void shouldLetOptionsWinAndMakeSections() {
        Settings settings = Yaml.load(
                "name: a\n",
                "name=b",
                "name=c",
                "journal.linger=5ms",
                "sources.in.type=tcp",
                "sources.in.address=\"[::1]:7\"",
                "sinks.out={type: http, url: 'http://h/'}",
                "sinks.out.headers.X.dotted=a=b",
                "batch={interval: 2s}",
                "shutdown-timeout=");

        assertThat(settings.name()).isEqualTo("c");
        assertThat(settings.journal().linger()).isEqualTo(Duration.ofMillis(5));
        assertThat(Yaml.tcp(settings, "in").address()).contains(new HostPort("::1", 7));
        assertThat(Yaml.http(settings, "out").headers()).isEqualTo(Map.of("X.dotted", new Secret("a=b")));
        assertThat(settings.batch().interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.shutdownTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void shouldNotShowSecretsInAnyToString() {
        Settings settings = Yaml.load(
                Yaml.LEAST,
                "sinks.api.headers.X=hunter2",
                "sinks.api.auth.basic=hunter2:hunter2",
                "sinks.api.signing-secret=whsec_hunter2hunter2hunter2hunter2hunt");

        assertThat(settings.toString()).doesNotContain("hunter2").contains(Secret.HIDDEN);
        assertThat(SettingsPrinter.print(settings)).doesNotContain("hunter2").contains(Secret.HIDDEN);
        assertThat(Yaml.http(settings, "api").headers().get("X").reveal()).isEqualTo("hunter2");
    }

    @Test
    void shouldRefuseInCodeWhatAFileMayNotSay() {
        HostPort address = new HostPort("127.0.0.1", 1);
        assertThatThrownBy(() -> new BatchSettings(Duration.ZERO, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("interval is too small; the least is 10ms");
        assertThatThrownBy(() -> new AdminSettings(null, List.of())).isInstanceOf(NullPointerException.class);
        Settings good = Yaml.load(Yaml.LEAST);
        Map<String, SourceSettings> twins =
                Map.of("a", TcpSourceSettings.defaults(address), "b", TcpSourceSettings.defaults(address));
        assertThatThrownBy(() -> withSources(good, twins)).hasMessageContaining("give each its own");
        assertThatThrownBy(() -> withSources(good, Map.of())).hasMessage("sources has no entry");
        assertThatThrownBy(() -> withSources(good, Map.of("a b", TcpSourceSettings.defaults(address))))
                .hasMessageContaining("'a b'");
        assertThat(List.copyOf(withSources(good, Map.of("a", TcpSourceSettings.defaults(address)))
                        .sources()
                        .keySet()))
                .containsExactly("a");
    }

    private static Settings withSources(Settings settings, Map<String, SourceSettings> sources) {
        return new Settings(
                settings.name(),
                settings.dataDir(),
                settings.shutdownTimeout(),
                sources,
                settings.journal(),
                settings.batch(),
                settings.bucket(),
                settings.offload(),
                settings.dlq(),
                settings.sinks(),
                settings.admin());
    }
}
