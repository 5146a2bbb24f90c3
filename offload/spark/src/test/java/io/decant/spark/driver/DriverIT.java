package io.decant.spark.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.offload.protocol.AnswerFormat;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.RequestFormat;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.protocol.SparkReport;
import io.decant.offload.protocol.SparkSettings;
import io.decant.spark.job.StagedLines;
import io.decant.spark.userjob.MllibExample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver as a process, on the class path that the distribution has for it, with a test in the place of the server.
 */
@Timeout(120)
class DriverIT {

    private static final Path JARS = Path.of(System.getProperty("decant.distribution"), "lib", "spark");
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path temp;

    private Process process;
    private BufferedReader answers;
    private final List<DriverAnswer> seen = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        start(SparkSettings.local("local[2]"));
    }

    private void start(SparkSettings settings) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("-Xmx512m");
        words.addAll(List.of(System.getProperty("decant.spark.opens").split(" ")));
        words.addAll(List.of("-cp", JARS.resolve("*").toString(), "io.decant.spark.DriverMain"));
        process = new ProcessBuilder(words)
                .redirectError(temp.resolve("log").toFile())
                .start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        send(new DriverRequest.Start(settings));
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    @Test
    void shouldDoJobAfterJobAndSayHowFarItIs() throws Exception {
        String first = StagedLines.stage(temp.resolve("batch-000000000001"), 1, 300);
        String second = StagedLines.stage(temp.resolve("batch-000000000002"), 2, 500);
        send(new DriverRequest.Job("one", first, List.of(new SinkOutput("archive", "lines", "gzip", 1)), true));
        send(new DriverRequest.Job("two", second, List.of(), true));
        DriverAnswer.Done one = done("one");
        DriverAnswer.Done two = done("two");
        assertThat(seen.get(0)).isInstanceOf(DriverAnswer.Ready.class);
        assertThat(one.records()).isEqualTo(300);
        assertThat(two.records()).isEqualTo(500);
        assertThat(one.out()).isEqualTo(first + "/out");
        assertThat(seen)
                .filteredOn(DriverAnswer.Progress.class::isInstance)
                .map(DriverAnswer.Progress.class::cast)
                .filteredOn(progress -> progress.job().equals("one"))
                .isNotEmpty()
                .allSatisfy(progress -> {
                    assertThat(progress.stage()).isBetween(1, progress.stages());
                    assertThat(progress.done()).isBetween(0, progress.tasks());
                })
                .anySatisfy(progress -> assertThat(progress.records()).isEqualTo(300));
        send(new DriverRequest.Stop());
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void shouldSayWhatToExpectOfAJobAndWhatTheClusterMadeOfIt() throws IOException {
        String staged = StagedLines.stage(temp.resolve("batch-000000000001"), 1, 300);
        String tasks = "3 tasks = [0-9.]+ KiB / [0-9.]+ KiB in 3 files";
        String expected = tasks + " on 1 executor of 2 cores: 2 at a time, 2 waves";

        send(run("words", staged));
        DriverAnswer.Ran ran = ran("words");
        assertThat(seen)
                .filteredOn(DriverAnswer.Began.class::isInstance)
                .map(answer -> ((DriverAnswer.Began) answer).predicted())
                .satisfiesExactly(first -> assertThat(first).isEmpty(), second -> assertThat(second)
                        .matches(expected));
        assertThat(ran.before()).isFalse();
        assertThat(seen)
                .filteredOn(DriverAnswer.Progress.class::isInstance)
                .map(DriverAnswer.Progress.class::cast)
                .as("told while it runs, and before its end")
                .isNotEmpty()
                .allSatisfy(progress -> {
                    assertThat(progress.job()).isEqualTo("words");
                    assertThat(progress.stage()).isBetween(1, progress.stages());
                    assertThat(progress.done()).isBetween(0, progress.tasks());
                    assertThat(progress.stages()).isEqualTo(2);
                })
                .anySatisfy(progress -> assertThat(progress.tasks()).isEqualTo(3));
        assertThat(ran.report().predicted()).matches(expected);
        assertThat(ran.report().stages())
                .satisfiesExactly(
                        first -> assertThat(first).matches("stage 1 .* " + tasks + " +[12] at a time, [23] waves .* s"),
                        second -> assertThat(second).matches("stage 2  reduceByKey, saveAsTextFile .* s"),
                        last -> assertThat(last).isEqualTo("executors reused between the stages: 1 of 1"));

        send(run("words", staged));
        DriverAnswer.Ran again = ran("words");
        assertThat(again.before()).isTrue();
        assertThat(again.report()).isEqualTo(SparkReport.EMPTY);

        send(new DriverRequest.Job("split", staged, List.of(), true));
        DriverAnswer.Done split = done("split");
        assertThat(split.report().predicted()).matches(expected);
        assertThat(split.report().stages())
                .hasSizeGreaterThan(2)
                .first()
                .asString()
                .containsPattern(tasks);
    }

    /** As examples/mllib says, for a sink: MLlib comes as jars of the job's. */
    @Test
    @Timeout(300)
    void shouldTrainAndScoreWithMllibBatchAfterBatch() throws IOException {
        end();
        List<String> jars = new ArrayList<>(
                List.of(MllibExample.write(temp.resolve("points.jar")).toString()));
        jars.addAll(MllibExample.libraries());
        start(SparkSettings.local("local[2]").withUserJars(jars));
        for (int batch = 1; batch <= 3; batch++) {
            int far = 10 * batch;
            List<String> points = List.of("1,1", far + ".5," + far, "1.5,2", far + "," + far, "2,0");
            Path staged = temp.resolve("batch-00000000000" + batch);
            send(run("points-" + batch, MllibExample.CLASS, StagedLines.stage(staged, points)));
            DriverAnswer.Ran ran = ran("points-" + batch);
            Path output = Path.of(URI.create(ran.out()));
            assertThat(lines(output.resolve("centers")))
                    .containsExactlyInAnyOrder("1.5,1.0", far + ".25," + far + ".0");
            Map<String, String> groups = new HashMap<>();
            for (String line : lines(output.resolve("groups"))) {
                groups.put(line.substring(line.indexOf('\t') + 1), line.substring(0, line.indexOf('\t')));
            }
            assertThat(groups).containsOnlyKeys(points);
            assertThat(groups.get("1,1")).isEqualTo(groups.get("1.5,2")).isEqualTo(groups.get("2,0"));
            assertThat(groups.get(points.get(1)))
                    .isEqualTo(groups.get(points.get(3)))
                    .isNotEqualTo(groups.get("1,1"));
        }
        assertThat(seen).filteredOn(DriverAnswer.Ready.class::isInstance).hasSize(1);
    }

    private DriverRequest.Run run(String id, String staged) {
        return run(id, "WordCount", staged);
    }

    private DriverRequest.Run run(String id, String className, String staged) {
        return new DriverRequest.Run(
                id,
                "words",
                className,
                List.of(),
                Map.of(),
                staged,
                temp.resolve("out-" + id).toUri().toString(),
                "_staging/words",
                300,
                0);
    }

    @Test
    void shouldAnswerPingsWhileItStarts() throws IOException {
        send(new DriverRequest.Ping("early"));
        assertThat(await(answer -> answer instanceof DriverAnswer.Pong)).isEqualTo(new DriverAnswer.Pong("early"));
        assertThat(seen).hasSize(1);
    }

    @Test
    void shouldSayWhyAJobFailedAndGoOn() throws IOException {
        String staged = StagedLines.stage(temp.resolve("batch-000000000003"), 3, 50);
        send(new DriverRequest.Job("bad", temp.resolve("nothing").toUri().toString(), List.of(), true));
        send(new DriverRequest.Job("good", staged, List.of(), true));
        DriverAnswer failed = await(answer -> answer instanceof DriverAnswer.Failed);
        assertThat(failed).isInstanceOfSatisfying(DriverAnswer.Failed.class, answer -> {
            assertThat(answer.job()).isEqualTo("bad");
            assertThat(answer.error()).contains("nothing");
            assertThat(answer.permanent()).isTrue();
        });
        assertThat(done("good").records()).isEqualTo(50);
    }

    /** Spark's own exception is a checked one that nothing declares. */
    @Test
    void shouldSayWhyATaskFailedAndGoOn() throws IOException {
        Path broken = temp.resolve("batch-000000000004");
        String staged = StagedLines.stage(broken, 4, 50);
        Files.delete(broken.resolve("blocks-00000"));
        String good = StagedLines.stage(temp.resolve("batch-000000000005"), 5, 50);
        send(new DriverRequest.Job("bad", staged, List.of(), true));
        send(new DriverRequest.Job("good", good, List.of(), true));
        DriverAnswer failed = await(answer -> answer instanceof DriverAnswer.Failed);
        assertThat(failed).isInstanceOfSatisfying(DriverAnswer.Failed.class, answer -> {
            assertThat(answer.job()).isEqualTo("bad");
            assertThat(answer.error()).contains("blocks-00000");
        });
        assertThat(done("good").records()).isEqualTo(50);
    }

    @Test
    void shouldEndWithItsInput() throws Exception {
        await(answer -> answer instanceof DriverAnswer.Ready);
        process.getOutputStream().close();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(answers.readLine()).isNull();
    }

    private void send(DriverRequest request) throws IOException {
        process.getOutputStream().write((RequestFormat.line(request) + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    private DriverAnswer.Done done(String job) throws IOException {
        return (DriverAnswer.Done) await(
                answer -> answer instanceof DriverAnswer.Done done && done.job().equals(job));
    }

    private static List<String> lines(Path output) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> parts = Files.list(output)) {
            for (Path part : parts.filter(each -> each.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .toList()) {
                lines.addAll(Files.readAllLines(part));
            }
        }
        return lines;
    }

    private DriverAnswer.Ran ran(String job) throws IOException {
        return (DriverAnswer.Ran) await(
                answer -> answer instanceof DriverAnswer.Ran ran && ran.job().equals(job));
    }

    /** The next answer of that kind; every line on standard output is one. */
    private DriverAnswer await(Predicate<DriverAnswer> wanted) throws IOException {
        while (true) {
            String line = answers.readLine();
            assertThat(line).as("the driver ended").isNotNull();
            DriverAnswer answer = AnswerFormat.parse(line);
            seen.add(answer);
            if (wanted.test(answer)) {
                return answer;
            }
        }
    }
}
