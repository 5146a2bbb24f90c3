package io.decant.offload.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.files.ScratchDirectory;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The supervisor with a real process that misbehaves. */
@Tag("slow")
class DriverOffloaderTest {

    private static final long PATIENCE_SECONDS = 60;
    /** For a driver that is to be ended for its silence; a JVM that starts beside others must not be. */
    private static final DriverDeadlines QUICK =
            new DriverDeadlines(Duration.ofMillis(50), Duration.ofSeconds(6), Duration.ofSeconds(20));

    private static final DriverDeadlines PATIENT =
            new DriverDeadlines(Duration.ofMillis(50), Duration.ofSeconds(PATIENCE_SECONDS), Duration.ofSeconds(20));

    @TempDir
    Path folder;

    private DriverOffloader offloader;

    private DriverOffloader offloader(String how) {
        return offloader(how, PATIENT);
    }

    private DriverOffloader offloader(String how, DriverDeadlines deadlines) {
        offloader = new DriverOffloader(command(how), SparkSettings.local("local[1]"), deadlines);
        return offloader;
    }

    private DriverCommand command(String how) {
        return new DriverCommand(
                folder,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UnrulyDriver.class.getName(),
                        folder.resolve("starts").toString(),
                        how,
                        scratch().toString()),
                Map.of("HADOOP_CONF_DIR", "/etc/hadoop"),
                scratch());
    }

    private Path scratch() {
        return folder.resolve("spark");
    }

    @AfterEach
    void close() {
        if (offloader != null) {
            offloader.close();
        }
    }

    private CompletableFuture<DriverAnswer.Done> submit(String id) {
        return offloader.submit(new DriverRequest.Job(id, "file:/staged", List.of(), true));
    }

    private static DriverAnswer.Done done(CompletableFuture<DriverAnswer.Done> job) throws Exception {
        return job.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static OffloadException failure(CompletableFuture<DriverAnswer.Done> job) throws Exception {
        try {
            throw new AssertionError("done: " + done(job));
        } catch (ExecutionException e) {
            return (OffloadException) e.getCause();
        }
    }

    private List<String> starts() throws IOException {
        Path file = folder.resolve("starts");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static boolean isAlive(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void shouldStartNothingBeforeTheFirstBatch() throws Exception {
        offloader("well");

        assertThat(offloader.status()).isEqualTo(OffloaderStatus.STOPPED);
        assertThat(starts()).isEmpty();
    }

    @Test
    void shouldKeepOneDriverForAllBatches() throws Exception {
        offloader("well");

        assertThat(done(submit("one")).out()).isEqualTo("file:/staged/out");
        assertThat(done(submit("two")).job()).isEqualTo("two");
        CompletableFuture<DriverAnswer.Done> three = submit("three");
        CompletableFuture<DriverAnswer.Done> four = submit("four");
        assertThat(done(three).job()).isEqualTo("three");
        assertThat(done(four).job()).isEqualTo("four");

        assertThat(starts()).hasSize(1);
        assertThat(offloader.status().state()).isEqualTo(OffloaderStatus.State.READY);
        assertThat(offloader.status().application()).isEqualTo("app-" + starts().get(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "die | exited with status 3; its last log line: java.lang.OutOfMemoryError: Java heap space",
                "trace | exited with status 3; its last log line: java.lang.IllegalStateException: no room",
                "hang | did not answer for 6.0 s",
                "rubbish | invalid message from the Spark driver",
                "endless | a line of more than",
                "mute | did not answer for 6.0 s",
            })
    void shouldTellWhyADriverIsNoUseAndStartAnother(String trouble, String why) throws Exception {
        offloader("well", why.startsWith("did not answer") ? QUICK : PATIENT);
        assertThat(done(submit("one")).job()).isEqualTo("one");
        String first = starts().get(0);

        assertThat(failure(submit(trouble))).hasMessageContaining(why);
        assertThat(isAlive(first)).isFalse();
        assertThat(offloader.status()).isEqualTo(OffloaderStatus.STOPPED);

        assertThat(done(submit("two")).job()).isEqualTo("two");
        assertThat(starts()).hasSize(2);
    }

    @Test
    void shouldFailAllThatWaitForADriverThatWasKilled() throws Exception {
        offloader("well");
        CompletableFuture<DriverAnswer.Done> slow = submit("slow");
        done(submit("one"));
        assertThat(offloader.status().state()).isEqualTo(OffloaderStatus.State.READY);

        ProcessHandle.of(Long.parseLong(starts().get(0))).orElseThrow().destroyForcibly();

        assertThat(failure(slow)).hasMessageContaining("exited with status 137");
    }

    @Test
    void shouldKeepTheDriverWhereOnlyTheJobFailed() throws Exception {
        offloader("well");

        assertThat(failure(submit("fail"))).hasMessage("executor lost").matches(e -> !e.isPermanent());
        assertThat(failure(submit("torn"))).matches(OffloadException::isPermanent);
        done(submit("one"));

        assertThat(starts()).hasSize(1);
    }

    @Test
    void shouldTellWhySparkDoesNotStart() throws Exception {
        offloader("no-yarn");

        assertThat(failure(submit("one"))).hasMessageContaining("the resource manager does not answer");
        assertThat(failure(submit("one"))).hasMessageContaining("the resource manager does not answer");
        assertThat(starts()).hasSize(2);
    }

    @Test
    void shouldTellWhereThereIsNoSpark() throws Exception {
        offloader = new DriverOffloader(
                DriverCommand.of(folder.resolve("absent"), 1 << 28, Optional.empty(), "", folder.resolve("spark")),
                SparkSettings.local("local[1]"),
                PATIENT);

        assertThat(failure(submit("one"))).hasMessageContaining("Spark was not found in " + folder.resolve("absent"));
    }

    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // These two are never done.
    void shouldShowProgressWhileAJobRuns() throws Exception {
        offloader("well");
        submit("slow");
        done(submit("one"));
        submit("slow");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (offloader.status().progress().isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }

        assertThat(offloader.status().progress()).contains(new DriverAnswer.Progress("slow", 1, 2, 12, 3, 1000));
    }

    @Test
    void shouldShowWhatAJobWaitsForUntilItGoesOn() throws Exception {
        offloader("well");
        CompletableFuture<DriverAnswer.Done> waits = submit("waits");
        awaitStatus(status -> !status.waitsFor().isEmpty());
        assertThat(offloader.status().waitsFor()).isEqualTo("queue q is full");
        CompletableFuture<DriverAnswer.Done> began = submit("began");
        awaitStatus(status -> status.waitsFor().isEmpty());
        assertThat(offloader.status().predicted()).isEqualTo("3 tasks");
        assertThat(waits).isNotDone();
        assertThat(began).isNotDone();
        done(submit("one"));
        assertThat(offloader.status().predicted()).isEmpty();
    }

    private void awaitStatus(Predicate<OffloaderStatus> wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!wanted.test(offloader.status()) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(offloader.status()).matches(wanted);
    }

    @Test
    void shouldHandOnNamedVariablesOnly() throws Exception {
        offloader("well");

        String names = done(submit("environment")).out();

        List<String> allowed = new ArrayList<>(DriverCommand.PASSED_ON);
        allowed.add("HADOOP_CONF_DIR");
        assertThat(names.split(" ")).contains("PATH", "HADOOP_CONF_DIR").isSubsetOf(allowed);
        // Of this process there are more.
        assertThat(System.getenv().keySet()).isNotEmpty().anyMatch(name -> !allowed.contains(name));
    }

    @Test
    void shouldRemoveWhatADriverWroteForItselfHoweverItEnded() throws Exception {
        new ScratchDirectory(scratch()).create();
        Path before = Files.createDirectories(scratch().resolve("blockmgr-of-before"));
        offloader("well");
        done(submit("one"));
        assertThat(before).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch())))
                .isEqualTo("rwx------");
        var unused = submit("block");
        assertThat(failure(submit("die"))).hasMessageContaining("status 3");
        assertThat(scratch()).doesNotExist();

        done(submit("one"));
        unused = submit("block");
        offloader.close();
        assertThat(scratch()).doesNotExist();
    }

    @Test
    void shouldNeitherUseNorRemoveADirectoryThatItHasNotMade() throws Exception {
        Path theirs = Files.createDirectories(scratch().resolve("theirs"));
        offloader("well");
        assertThat(failure(submit("one"))).hasMessageContaining(scratch() + " already exists");
        offloader.close();
        assertThat(theirs).exists();
    }

    @Test
    void shouldStartTheDriverWithAMaskThatKeepsOthersOut() {
        assertThat(DriverCommand.of(folder, 1 << 28, Optional.empty(), "", scratch())
                        .words())
                .startsWith("/bin/sh", "-c", "umask 077 && exec \"$@\"", "sh")
                .endsWith("io.decant.spark.DriverMain");
    }

    @Test
    void shouldLeaveNoProcessBehind() throws Exception {
        offloader("well");
        CompletableFuture<DriverAnswer.Done> slow = submit("slow");
        done(submit("one"));

        offloader.close();

        assertThat(isAlive(starts().get(0))).isFalse();
        assertThat(failure(slow)).hasMessageContaining("the server stops");
        assertThatThrownBy(() -> done(submit("two"))).hasCauseInstanceOf(OffloadException.class);
        assertThat(starts()).hasSize(1);
    }
}
