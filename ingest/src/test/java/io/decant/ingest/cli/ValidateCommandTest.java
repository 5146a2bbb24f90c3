package io.decant.ingest.cli;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.server.Server;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidateCommandTest {
    private static final Map<String, String> ENV = Map.of("TOKEN", "hunter2");

    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path file;

    @BeforeEach
    void writeSettings() throws IOException {
        file = temp.resolve("decant.yaml");
        Files.writeString(file, """
                data-dir: data
                shutdown-timeout: 1ms
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 100ms}
                sinks: {api: {type: http, url: "http://127.0.0.1:1/", headers: {Authorization: "Bearer ${TOKEN}"}}}
                admin: {address: "127.0.0.1:0"}
                """);
    }

    @Test
    void shouldPrintWhatWouldRunAndNoSecret() {
        assertThat(validate()).isEqualTo(ExitStatus.DONE);
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .contains("max-connections: 10000", "<hidden>", "# no journal under " + temp.resolve("data"))
                .doesNotContain("hunter2");
        assertThat(SettingsLoader.parse(out.toString(), "printed", temp, List.of(), ENV)
                        .sources())
                .isEqualTo(settings().sources());
        assertThat(temp.resolve("data")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            127.0.0.1:0 | off | ''
            [::1]:0 | off | ''
            localhost:0 | off | ''
            0.0.0.0:0 | off | admin.users is off: everybody who reaches it can read /status and /metrics, and what changes something
            192.0.2.1:0 | off | is not a loopback address
            127.0.0.1:0 | {ops: {token: hunter3}} | ''
            0.0.0.0:0 | {ops: {token: hunter3}} | admin.tls is off: tokens of admin.users cross the network unencrypted
            """)
    void shouldWarnWhereOthersReachTheAdminPort(String address, String users, String expected) {
        assertThat(validate("--set", "admin.address=\"" + address + "\"", "--set", "admin.users=" + users))
                .isEqualTo(ExitStatus.DONE);
        assertThat(out.toString().lines().filter(line -> line.startsWith("# admin.address")))
                .hasSize(expected.isEmpty() ? 0 : 1)
                .allMatch(line -> line.contains(expected));
        assertThat(out.toString()).doesNotContain("hunter3");
    }

    @Test
    void shouldSayThatTheDataDirectoryIsAFile() throws IOException {
        Files.writeString(temp.resolve("data"), "");
        assertThat(validate()).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("data-dir", "is a file, not a directory");
    }

    @Test
    void shouldSayThatTheDataDirectoryIsInMemory() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(
                Files.isDirectory(memory) && Files.getFileStore(memory).type().equals("tmpfs"),
                "no tmpfs at " + memory);
        Path dataDir = memory.resolve("decant-is-not-there/data");
        assertThat(validate("--set", "data-dir=" + dataDir)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).contains("# data-dir " + dataDir + " is on tmpfs, which is memory: ");
        assertThat(dataDir).doesNotExist();
    }

    @Test
    void shouldTellEveryProblemWithFileAndLine() throws IOException {
        Files.writeString(file, Files.readString(file).replace("interval: 100ms", "intervall: 100ms, max-records: 0"));
        assertThat(validate("--set", "journal.linger=5")).isEqualTo(ExitStatus.BAD_SETTINGS);
        assertThat(err.toString().lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).startsWith("decant: "))
                .anySatisfy(line -> assertThat(line).contains(file + ":5: batch.intervall", "interval"))
                .anySatisfy(line -> assertThat(line).contains(file + ":5: batch.max-records", "'0'"))
                .anySatisfy(line -> assertThat(line).contains("--set journal.linger"));
        assertThat(out.toString()).isEmpty();
    }

    /** Bodies are as large as their content: these settings work, as long as not all bodies are that large. */
    @Test
    void shouldSayInACommentWhatDoesNotFitIntoMemoryAtItsBounds() {
        String[] sets = {"--set", "sinks.api.max-bytes=256MiB", "--set", "sinks.api.concurrency=64"};
        assertThat(validate(sets)).isEqualTo(ExitStatus.DONE);
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .containsPattern(
                        "# memory: at their bounds .* concurrency times max-bytes of sinks.api.*put -XX:MaxDirectMemorySize=165[0-9]{2}m into JAVA_OPTS");
    }

    @Test
    void shouldHintAtWhatSparkCanHoldOfSeveralKeys() {
        String[] several = {"--set", "bucket.keys={id: csv:1, mail: csv:2}"};
        String[] offload = {"--set", "offload.above=1GiB", "--set", "offload.staging=" + temp.resolve("staging")};
        assertThat(validate(several)).isEqualTo(ExitStatus.DONE);
        assertThat(validate(offload)).isEqualTo(ExitStatus.DONE);
        assertThat(validate(join(offload, "--set", "bucket.keys={id: csv:1}"))).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).doesNotContain("docs/keys.md");

        assertThat(validate(join(offload, several))).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString())
                .contains("# bucket.keys: where a batch goes to Spark, one task holds")
                .contains("with more than 33,554,432 of them");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldHintAtTokensThatCrossTheNetworkInTheClear() {
        String users = "users: {edge-7: {token: s3cret}}";
        String hint = "their tokens cross the network in the clear; set tls";
        validate("--set", "sources.in={type: tcp, address: '127.0.0.1:0', " + users + "}");
        validate("--set", "sources.in={type: http, address: '0.0.0.0:0'}");
        assertThat(out.toString()).doesNotContain(hint);

        validate("--set", "sources.in={type: http, address: '0.0.0.0:0', " + users + "}");
        validate("--set", "sources.lines={type: tcp, address: '[::]:0', " + users + "}");

        assertThat(out.toString())
                .contains("# sources.in.users: " + hint, "# sources.lines.users: " + hint)
                .doesNotContain("s3cret");
        assertThat(err.toString()).isEmpty();
    }

    private static String[] join(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void shouldHintAtManyFilesAndSayWhereNoneCanBeWritten() throws IOException {
        Path inTheWay = Files.writeString(temp.resolve("archive"), "");
        String sink = "sinks.archive={type: hdfs, uri: '%s'}"
                .formatted(inTheWay.resolve("below").toUri());
        assertThat(validate("--set", sink)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).contains("# sink archive will make at least 1728000 files a day");

        assertThat(validate("--set", sink, "--connect")).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).contains("sink archive: " + inTheWay + " is not a writable directory");
    }

    @Test
    void shouldSayThatNothingIsMountedWhereAFileSinkWantsADisk() throws IOException {
        Path root = Files.createDirectory(temp.resolve("disk"));
        String sink = "sinks.archive={type: hdfs, must-be-mountpoint: true, uri: '%s'}".formatted(root.toUri());
        assertThat(validate("--set", sink, "--connect")).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).contains("sink archive: " + root + " is not a mount point");
    }

    @Test
    void shouldSayThatThereIsNoSuchFile() {
        file = temp.resolve("none.yaml");
        assertThat(validate()).isEqualTo(ExitStatus.BAD_SETTINGS);
        assertThat(err.toString().lines()).singleElement().asString().contains("none.yaml", "no such file");
    }

    @Test
    void shouldNeedSettings() {
        assertThat(execute("validate")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString()).contains("-c");
    }

    @Test
    void shouldLookAtTheJournalBesideARunningServerAndChangeNothing() throws IOException {
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\n");
            // The server itself makes this one at its first batch, which may come meanwhile.
            Path attempts = temp.resolve("data/attempts");
            Set<Path> before = new HashSet<>(files().keySet());
            before.remove(attempts);
            assertThat(validate()).isEqualTo(ExitStatus.DONE);
            // What else the server writes meanwhile goes into files that are there.
            Set<Path> after = new HashSet<>(files().keySet());
            after.remove(attempts);
            assertThat(after).isEqualTo(before);
            assertThat(out.toString())
                    .contains(
                            "# journal " + server.status().journal().id() + ": segments 1,",
                            "a server runs, process " + ProcessHandle.current().pid());
        }
        out.getBuffer().setLength(0);
        Map<Path, List<Long>> before = files();
        assertThat(validate()).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).contains("no server runs");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void shouldRefuseAsRunDoesThatASinkIsGone() throws IOException {
        undeliveredBatch();
        Files.writeString(file, Files.readString(file).replace("api:", "other:"));
        Map<Path, List<Long>> before = files();
        assertThat(validate()).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("sink 'api'", "batches 1 to 1", "--forget-sink api");
        String refused = err.toString();
        assertThat(files()).isEqualTo(before);

        err.getBuffer().setLength(0);
        assertThat(execute("run", "-c", file.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).isEqualTo(refused);
    }

    /** The same expression may have been matched by Java's engine so far, if a version before cut those batches. */
    @Test
    void shouldSayWhatDiffersOfAnExpressionOnceBatchesWereCut() throws IOException {
        String[] key = {"--set", "bucket.key=regex:^(.)\\s"};
        assertThat(validate(key)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).doesNotContain("docs/keys.md");
        undeliveredBatch();
        assertThat(validate(key)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString())
                .contains(
                        "# bucket.key: since 0.2.0 regular expressions are RE2's, where . and \\s may match differently");
        out.getBuffer().setLength(0);
        assertThat(validate("--set", "bucket.key=regex:^(a)")).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).doesNotContain("docs/keys.md");
    }

    @Test
    void shouldSayThatAJournalCannotBeRead() throws IOException {
        Path journal = Files.createDirectories(temp.resolve("data/journal"));
        Files.writeString(journal.resolve("id"), "nonsense");
        assertThat(validate()).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString().lines()).singleElement().asString().contains("id", "8 hex digits");
    }

    @Test
    void shouldNotConnectUnasked() {
        assertThat(validate("--set", "sinks.api.url=http://no-such-host.invalid/"))
                .isEqualTo(ExitStatus.DONE);
    }

    @Test
    void shouldConnectWhenAskedTo() throws IOException {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.start();
        try {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
            assertThat(validate("--connect", "--set", "sinks.api.url=" + url)).isEqualTo(ExitStatus.DONE);
        } finally {
            receiver.stop(0);
        }
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldTellAllThatCannotBeReached() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertThat(validate("--connect", "--set", "sources.logs.address=" + address))
                    .isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString().lines())
                    .hasSize(2)
                    .anySatisfy(line -> assertThat(line).contains("sink api: no connection to 127.0.0.1:1"))
                    .anySatisfy(line -> assertThat(line).contains("sources.logs.address", address));
        }
    }

    /**
     * One batch that no sink had. Waits for its cut: what {@code shutdown-timeout} leaves of a drain may cut nothing.
     */
    private void undeliveredBatch() throws IOException {
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\n");
            await(server, now -> now.journal().batchesCut() == 1);
        }
    }

    private Settings settings() {
        return SettingsLoader.load(file, List.of(), ENV);
    }

    private static void send(Server server, String lines) throws IOException {
        String address = server.status().sources().get("logs").address();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("OK ");
        }
    }

    /** Size and time of every file of the data directory that only a server makes. */
    private Map<Path, List<Long>> files() throws IOException {
        Map<Path, List<Long>> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(temp.resolve("data"))) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        path,
                        List.of(
                                Files.size(path),
                                Files.getLastModifiedTime(path).toMillis()));
            }
        }
        return files;
    }

    private int validate(String... arguments) {
        List<String> all = new ArrayList<>(List.of("validate", "-c", file.toString()));
        all.addAll(List.of(arguments));
        return execute(all.toArray(String[]::new));
    }

    private int execute(String... arguments) {
        return Main.execute(arguments, new PrintWriter(out), new PrintWriter(err), ENV);
    }
}
