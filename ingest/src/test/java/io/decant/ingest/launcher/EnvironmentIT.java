package io.decant.ingest.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.decant.ingest.cli.ExitStatus;
import io.decant.ingest.launcher.Shell.Ended;
import io.decant.ingest.launcher.Shell.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a process in surroundings that are not those of its authors. */
class EnvironmentIT {
    private static final Path DISTRIBUTION = Path.of(System.getProperty("decant.distribution"));
    private static final Path DECANT = DISTRIBUTION.resolve("bin/decant");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Pattern LISTENS = Pattern.compile("source logs listens on 127\\.0\\.0\\.1:(\\d+)");
    private static final String NAMELESS = "54321";

    @TempDir
    Path temp;

    private Path settings;
    private Running server;

    @BeforeEach
    void write() throws IOException {
        settings = Files.writeString(temp.resolve("decant.yaml"), """
                data-dir: %1$s/data
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 200ms}
                sinks: {archive: {type: hdfs, uri: "file://%1$s/out"}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(temp));
    }

    @AfterEach
    void clean() {
        if (server != null) {
            server.kill();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "C.UTF-8", "en_US.UTF-8", "xx_YY.UTF-8"})
    void shouldReadAFileWhoseNameIsNotAsciiUnderAnyLocale(String locale) {
        Ended ended = new Shell(temp)
                .with("LC_ALL", locale)
                .run(
                        "sh",
                        "-c",
                        "f=$(printf '\\303\\274.log'); printf 'a\\na\\n' > \"$f\"; exec \"$0\" plan \"$f\"",
                        DECANT);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isEqualTo(ExitStatus.DONE);
        assertThat(ended.out()).contains("records                      2");
    }

    @ParameterizedTest
    @CsvSource({
        "--help, true",
        "'', true",
        "run --help, true",
        "-V, true",
        "validate -c decant.yaml, false",
        "--verbose validate -c decant.yaml, false"
    })
    void shouldStartForHelpWithTheSmallerCompilerAndCollectorAlone(String words, boolean help) {
        Ended ended =
                new Shell(temp).with("JAVA_OPTS", "-XX:+PrintFlagsFinal").run("sh", "-c", "\"$0\" " + words, DECANT);

        assertThat(ended.out()).containsPattern("UseSerialGC += " + help).containsPattern("UseG1GC += " + !help);
        assertThat(ended.out()).containsPattern("TieredStopAtLevel += " + (help ? "1 " : "4 "));
    }

    @Test
    void shouldRefuseARelativeDataDirectoryWhereTheSettingsComeFromAPipe() {
        String piped = "sed 's/^data-dir.*//' decant.yaml | \"$0\" validate -c /dev/stdin";
        Ended refused = new Shell(temp).run("sh", "-c", piped, DECANT);
        assertThat(refused.status()).isEqualTo(ExitStatus.BAD_SETTINGS);
        assertThat(refused.err().lines())
                .singleElement()
                .asString()
                .contains("/dev/stdin", "data-dir: './data' is relative to the file", "write an absolute path");
        Ended taken = new Shell(temp).run("sh", "-c", piped + " --set data-dir=" + temp + "/data", DECANT);
        assertThat(taken.err()).isEmpty();
        assertThat(taken.status()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void shouldWarnThatTheDataDirectoryIsInMemory() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(
                Files.isWritable(memory) && Files.getFileStore(memory).type().equals("tmpfs"), "no tmpfs at " + memory);
        Path dataDir = Files.createTempDirectory(memory, "decant-test");
        try {
            server = new Shell(temp).start(DECANT, "run", "-c", settings, "--set", "data-dir=" + dataDir);
            awaitLog("RUNNING");
            assertThat(Files.readString(server.err()).lines())
                    .anyMatch(line -> line.contains(" WARN ") && line.contains("data-dir " + dataDir + " is on tmpfs"));
            stop();
        } finally {
            try (Stream<Path> all = Files.walk(dataDir)) {
                all.sorted(java.util.Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }

    @Test
    void shouldRunUnderAUserIdWithoutAName() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/setpriv"))
                        && new Shell(temp)
                                        .run(nameless("test", "-r", DECANT, "-a", "-w", temp))
                                        .status()
                                == 0,
                "needs root, setpriv, and folders that everybody may read");
        server = new Shell(temp).start(nameless(DECANT, "run", "-c", settings));
        awaitLog("RUNNING");
        assertThat(send("a\nb\na\n")).isEqualTo("OK 3\n");
        stop();
        try (Stream<Path> files = Files.walk(temp.resolve("out"))) {
            assertThat(files.map(file -> file.getFileName().toString())).contains("_manifest.json");
        }

        Ended hdfs = new Shell(temp)
                .run(nameless(
                        DECANT,
                        "validate",
                        "--connect",
                        "-c",
                        settings,
                        "--set",
                        "sinks.archive.uri=hdfs://127.0.0.1:1/decant"));
        assertThat(hdfs.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(hdfs.err())
                .contains(
                        "Hadoop's client needs the name of the user",
                        "user id " + NAMELESS + " has none",
                        "/etc/passwd");
    }

    private static Object[] nameless(Object... command) {
        Object[] all = new Object[command.length + 6];
        Object[] before = {"/usr/bin/setpriv", "--reuid", NAMELESS, "--regid", NAMELESS, "--clear-groups"};
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(command, 0, all, before.length, command.length);
        return all;
    }

    /** Where a signal drains the server, and where a second one ends it at once. */
    @Test
    void shouldLeaveAFlightRecordingThatHoldsWhatHappened() throws IOException {
        Path recording = temp.resolve("recording.jfr");
        server = new Shell(temp)
                .with("JAVA_OPTS", "-XX:StartFlightRecording=filename=" + recording + ",dumponexit=true")
                .start(DECANT, "run", "-c", settings);
        awaitLog("RUNNING");
        assertThat(send("a\n")).isEqualTo("OK 1\n");
        stop();
        assertThat(RecordingFile.readAllEvents(recording))
                .extracting(event -> event.getEventType().getName())
                .contains("jdk.JVMInformation", "jdk.GarbageCollection");
    }

    @ParameterizedTest
    @CsvSource({"-Dother=1, 10", "-Ddecant.shutdown.seconds=1, 1"})
    void shouldNotWaitForAShutdownHookThatNeverEnds(String property, int seconds) {
        String classes = HungHook.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        Ended ended = new Shell(temp)
                .run(
                        Path.of(System.getProperty("java.home"), "bin/java"),
                        property,
                        "-cp",
                        classes + ":" + DISTRIBUTION + "/lib/*",
                        HungHook.class.getName(),
                        "--nonsense");
        assertThat(ended.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(ended.err()).contains("decant: shutdown hooks of the JVM did not end within " + seconds + " s;");
    }

    @ParameterizedTest
    @CsvSource({"prepare, true", "run, false", "prepare --help, false"})
    void shouldGiveTheArchiveOfClassesMoreTimeThanOtherShutdownHooks(String words, boolean isLonger)
            throws IOException {
        Path java = temp.resolve("jdk/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, """
                #!/bin/sh
                case $1 in -version) echo 'openjdk version "17.0.1"' >&2 ;; *) echo "$@" ;; esac
                """);
        assertThat(java.toFile().setExecutable(true)).isTrue();

        Ended ended = new Shell(temp)
                .with("JAVA_HOME", temp.resolve("jdk").toString())
                .run("sh", "-c", "\"$0\" " + words, DECANT);

        assertThat(ended.out().contains("-Ddecant.shutdown.seconds=120"))
                .as(ended.out())
                .isEqualTo(isLonger);
    }

    @Test
    void shouldSuggestTheDemoOnATerminal() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script(1) to make a terminal");
        Ended ended = new Shell(temp).run("/usr/bin/script", "-qec", DECANT, "/dev/null");
        assertThat(ended.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(ended.out()).contains("Which command? 'decant demo' shows what it does. See 'decant --help'.");
        assertThat(new Shell(temp).run(DECANT).err()).contains("Which command?").doesNotContain("demo");
    }

    private void stop() {
        assertThat(new Shell(temp).run("kill", "-TERM", server.process().pid()).status())
                .isZero();
        assertThat(server.end().status()).isEqualTo(ExitStatus.DONE);
    }

    private String send(String lines) throws IOException {
        Matcher listens = LISTENS.matcher(Files.readString(server.err()));
        assertThat(listens.find()).isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(listens.group(1)))) {
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void awaitLog(String word) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!Files.readString(server.err()).contains(word)) {
            assertThat(server.process().isAlive())
                    .as(Files.readString(server.err()))
                    .isTrue();
            assertThat(System.nanoTime() - deadline).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
