package io.decant.ingest.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.launcher.Shell.Ended;
import io.decant.ingest.launcher.Shell.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./decant} at the top of a small tree, with a JDK and a Maven that are scripts. */
class TreeLauncherTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("decant.root"), "decant");

    @TempDir
    Path temp;

    private Path tree;
    private Path tools;

    @BeforeEach
    void plantATree() throws IOException {
        tree = Files.createDirectories(temp.resolve("a tree's folder"));
        tools = Files.createDirectories(temp.resolve("tools"));
        executable(tree.resolve("decant"), Files.readString(LAUNCHER));
        for (String file : List.of(
                "pom.xml",
                "ingest/pom.xml",
                "ingest/src/main/java/A.java",
                "ingest/src/assembly/exploded.xml",
                "ingest/journal/pom.xml",
                "ingest/journal/src/main/java/B.java",
                "ingest/src/test/java/ATest.java",
                "data/journal",
                ".mvn/jvm.config",
                "LICENSE",
                "README.md")) {
            Files.createDirectories(tree.resolve(file).getParent());
            Files.writeString(tree.resolve(file), "");
            Files.setLastModifiedTime(tree.resolve(file), FileTime.from(Instant.EPOCH));
        }
        jdk("17.0.15");
        maven("3.8.7", "");
    }

    @Test
    void shouldBuildOnFirstUseAndHandTheArgumentsOn() throws IOException {
        Ended ended = decant("run", "-c", "my settings.yaml");
        assertThat(ended.status()).isEqualTo(7);
        assertThat(ended.out()).isEqualTo("<run><-c><my settings.yaml>\n");
        assertThat(ended.err()).isEqualTo("decant: building, this takes a moment...\n");
        assertThat(builds()).isEqualTo(1);
    }

    /** It leaves the tests out by a property; a skip that a POM says itself would go over that. */
    @Test
    void shouldFindNoTestThatItCannotLeaveOut() throws IOException {
        try (Stream<Path> files = Files.walk(LAUNCHER.getParent())) {
            List<Path> poms = files.filter(file -> file.endsWith("pom.xml"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList();
            assertThat(poms).hasSizeGreaterThan(8).allSatisfy(pom -> assertThat(Files.readString(pom))
                    .doesNotContain("<skip>", "<skipTests>"));
        }
    }

    @Test
    void shouldNotBuildTwice() throws IOException {
        decant();
        assertThat(decant().err()).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pom.xml",
                "ingest/pom.xml",
                "ingest/src/main/java/A.java",
                "ingest/src/assembly/exploded.xml",
                "ingest/journal/pom.xml",
                "ingest/journal/src/main/java/B.java",
                ".mvn/jvm.config",
                "LICENSE",
                "README.md"
            })
    void shouldBuildAgainWhenASourceIsNewer(String source) throws IOException {
        decant();
        Files.setLastModifiedTime(
                tree.resolve(source), FileTime.from(Instant.now().plus(Duration.ofHours(1))));
        decant();
        assertThat(builds()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest/src/test/java/ATest.java", "data/journal"})
    void shouldNotBuildAgainForWhatNoBuildReads(String file) throws IOException {
        decant();
        Files.setLastModifiedTime(
                tree.resolve(file), FileTime.from(Instant.now().plus(Duration.ofHours(1))));
        assertThat(decant().err()).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void shouldBuildAgainWhenASourceIsGone() throws IOException {
        decant();
        Path folder = tree.resolve("ingest/src/main/java");
        Files.delete(folder.resolve("A.java"));
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().plus(Duration.ofHours(1))));
        decant();
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void shouldBuildTheLoadTestOnlyWhereItIsAskedFor() throws IOException {
        decant("demo");
        decant("--verbose", "load-test", "--case", "ingest");
        assertThat(decant("load-test").out()).isEqualTo("<load-test>\n");
        assertThat(decant("demo").err()).isEmpty();
        assertThat(Files.readAllLines(temp.resolve("builds")))
                .satisfiesExactly(first -> assertThat(first).contains("-pl ingest -am"), second -> assertThat(second)
                        .contains("-pl load-test/kafka-broker,load-test -am"));
    }

    @Test
    void shouldBuildSparkOnlyWhereItIsAskedFor() throws IOException {
        Path plain = Files.writeString(temp.resolve("plain.yaml"), "sinks: {}\n");
        Path offloading = Files.writeString(temp.resolve("offloading.yaml"), "offload: {above: 1GiB}\n");
        decant("demo");
        decant("run", "-c", plain.toString());
        decant("validate", "-c", offloading.toString(), "--connect");
        assertThat(builds()).isEqualTo(1);
        decant("run", "--config=" + offloading);
        decant("bucket", "in", "out");
        decant("job", "WordCount", "in", "out");
        decant("validate", "-c", plain.toString(), "--set", "offload.master=spark://host:7077");
        decant("run", "-c", plain.toString(), "--set", "offload.above=1GiB");
        decant("demo");
        assertThat(Files.readAllLines(temp.resolve("builds")))
                .satisfiesExactly(first -> assertThat(first).contains("-pl ingest -am"), second -> assertThat(second)
                        .contains("-pl ingest,offload/spark -am"));
    }

    /** A sink that runs jobs, whatever else the settings say. */
    @Test
    void shouldBuildSparkForJobs() throws IOException {
        Path jobs = Files.writeString(temp.resolve("jobs.yaml"), "sinks: {words: {type: spark, class: Words}}\n");
        decant("run", "-c", jobs.toString());
        assertThat(Files.readAllLines(temp.resolve("builds")))
                .singleElement()
                .asString()
                .contains("-pl ingest,offload/spark -am");
    }

    @Test
    void shouldBuildSparkForTheCaseThatComparesWithIt() throws IOException {
        decant("load-test", "--case", "peers");
        decant("load-test", "--case=peers");
        assertThat(Files.readAllLines(temp.resolve("builds")))
                .singleElement()
                .asString()
                .contains("-pl load-test/kafka-broker,load-test,offload/spark -am");
    }

    @Test
    void shouldBuildTheBrokerOnlyForTheDemoThatNeedsIt() throws IOException {
        decant("demo");
        decant("demo", "--seconds", "3", "--kafka");
        decant("demo", "--kafka");
        assertThat(Files.readAllLines(temp.resolve("builds")))
                .satisfiesExactly(first -> assertThat(first).contains("-pl ingest -am"), second -> assertThat(second)
                        .contains("-pl load-test/kafka-broker,ingest -am"));
    }

    @Test
    void shouldShowWhatTheBuildSaidOnlyWhenItFails() throws IOException {
        maven("3.8.7", "exit 1");
        Ended ended = decant();
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("output of the build").endsWith("decant: the build failed, see above.\n");
        assertThat(ended.out()).isEmpty();

        maven("3.8.7", "");
        assertThat(decant().status()).isEqualTo(7);
        assertThat(builds()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBuildOnceForManyThatStartAtOnce(boolean flock) throws IOException {
        Shell shell = flock ? shell() : shellWithoutFlock();
        List<Running> running = IntStream.range(0, 4)
                .mapToObj(i -> shell.start(tree.resolve("decant"), "n" + i))
                .toList();
        for (int i = 0; i < running.size(); i++) {
            assertThat(running.get(i).end().out()).isEqualTo("<n" + i + ">\n");
        }
        assertThat(builds()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotWaitForABuilderThatWasKilled(boolean flock) throws Exception {
        maven("3.8.7", "sleep 60");
        Shell shell = flock ? shell() : shellWithoutFlock();
        Running killed = shell.start(tree.resolve("decant"));
        await(() -> builds() == 1);
        killed.kill();

        maven("3.8.7", "");
        Ended ended = shell.run(tree.resolve("decant"));
        assertThat(ended.status()).isEqualTo(7);
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void shouldRunThroughLinksFromAnyFolder() throws IOException {
        Path first = Files.createSymbolicLink(temp.resolve("first"), Path.of("a tree's folder", "decant"));
        Path second = Files.createSymbolicLink(tools.resolve("second"), first);
        assertThat(shell().run(second, "x").out()).isEqualTo("<x>\n");
    }

    @Test
    void shouldRunUnderDash() {
        assertThat(shell().run("sh", "-n", tree.resolve("decant")).err()).isEmpty();
        assertThat(shell().run("sh", tree.resolve("decant"), "x").out()).isEqualTo("<x>\n");
    }

    @ParameterizedTest
    @CsvSource({
        "11.0.2, 3.8.7, needs a JDK 17 or newer",
        "17.0.15, 3.6.3, 'needs Maven 3.8 or newer to build, and mvn is 3.6.'",
        "17.0.15, 2.2.1, needs Maven 3.8",
    })
    void shouldSayInOneLineWhatIsTooOld(String jdk, String maven, String expected) throws IOException {
        jdk(jdk);
        maven(maven, "");
        Ended ended = decant();
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err().lines())
                .singleElement()
                .asString()
                .startsWith("decant: ")
                .contains(expected);
        assertThat(builds()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"17, 3.8.1", "21.0.2, 3.10.0", "25, 4.0.0-rc-1"})
    void shouldTakeNewerTools(String jdk, String maven) throws IOException {
        jdk(jdk);
        maven(maven, "");
        assertThat(decant().status()).isEqualTo(7);
    }

    @Test
    void shouldSayInOneLineThatJavaHomeIsWrong() {
        Ended ended = shell().with("JAVA_HOME", "/nowhere").run(tree.resolve("decant"));
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err().lines()).singleElement().asString().contains("JAVA_HOME is /nowhere");
    }

    private Ended decant(Object... arguments) {
        Object[] command = new Object[arguments.length + 1];
        command[0] = tree.resolve("decant");
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return shell().run(command);
    }

    private Shell shell() {
        return new Shell(temp).with("JAVA_HOME", null).with("PATH", tools + ":" + System.getenv("PATH"));
    }

    /** The PATH holds what the launcher may rely on, and nothing else. */
    private Shell shellWithoutFlock() throws IOException {
        for (String tool : List.of(
                "sh",
                "dirname",
                "readlink",
                "find",
                "grep",
                "head",
                "sed",
                "mkdir",
                "cat",
                "mv",
                "ln",
                "rm",
                "sleep")) {
            executable(tools.resolve(tool), "#!/bin/sh\nPATH=/bin:/usr/bin exec " + tool + " \"$@\"\n");
        }
        return new Shell(temp).with("JAVA_HOME", null).with("PATH", tools.toString());
    }

    private void jdk(String version) throws IOException {
        executable(tools.resolve("javac"), "#!/bin/sh\necho javac " + version + "\n");
    }

    /** A Maven that counts itself, does as told, and leaves a distribution that shows its arguments and ends with 7. */
    private void maven(String version, String then) throws IOException {
        executable(
                tools.resolve("mvn"),
                String.join(
                        "\n",
                        "#!/bin/sh",
                        "case $* in *-v) echo Apache Maven " + version + "; exit ;; esac",
                        "echo \"$@\" >>'" + temp.resolve("builds") + "'",
                        "echo output of the build",
                        then,
                        "mkdir -p ingest/target/distribution/bin ingest/target/distribution/lib/load-test"
                                + " ingest/target/distribution/lib/spark ingest/target/distribution/lib/kafka-broker",
                        "cd ingest/target/distribution/bin",
                        "echo '#!/bin/sh' >decant",
                        "echo '[ $# -eq 0 ] || printf \"<%s>\" \"$@\"; echo; exit 7' >>decant",
                        "PATH=/bin:/usr/bin chmod +x decant",
                        ""));
    }

    private static void executable(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private int builds() throws IOException {
        Path builds = temp.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
        while (!condition.call()) {
            assertThat(Instant.now()).isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }
}
