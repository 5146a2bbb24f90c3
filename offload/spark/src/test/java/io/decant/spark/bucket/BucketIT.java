package io.decant.spark.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.spark.job.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code decant bucket} as a process, on the class path that the distribution has for it. */
@Timeout(120)
class BucketIT {

    private static final Path JARS = Path.of(System.getProperty("decant.distribution"), "lib", "spark");

    @TempDir
    Path temp;

    /** What a process has ended with. */
    private record Ended(int status, String out, String err) {}

    @Test
    void shouldPartLinesAndSayHowMany() throws Exception {
        Files.writeString(temp.resolve("in.txt"), "b\na\nb\n");
        Ended ended = bucket("in.txt", "out", "--master", "local[2]");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).isEqualTo("3 records in 2 buckets: out\n");
        assertThat(ended.err().lines())
                .hasSize(6)
                .startsWith(
                        "decant: reads the input in 1 task = 6 B / 6 B on 1 executor of 2 cores: 1 at a time, 1 wave")
                .endsWith("executors reused between the stages: 1 of 1")
                .element(1)
                .asString()
                .startsWith("stage 1  makeRDD, flatMap")
                .contains("  1 task = 6 B / 6 B  1 at a time, 1 wave  ");
        assertThat(Found.buckets(temp.resolve("out"))).containsExactly(List.of("b", "a"), List.of("b"));
    }

    @Test
    void shouldSayInOneLineWhatItCannotDo() throws Exception {
        Files.writeString(temp.resolve("in.txt"), "a\n");
        Files.createDirectories(temp.resolve("there"));
        assertThat(bucket("nothing", "out")).isEqualTo(new Ended(1, "", "decant: nothing: no such file\n"));
        Ended there = bucket("in.txt", "there");
        assertThat(there.status()).isEqualTo(1);
        assertThat(there.err().lines()).singleElement().asString().contains("there: already exists");
        Files.write(temp.resolve("broken.gz"), new byte[] {1, 2, 3});
        Ended broken = bucket("broken.gz", "out");
        assertThat(broken.status()).isEqualTo(1);
        assertThat(broken.err().lines()).singleElement().asString().contains("broken.gz");
        assertThat(temp.resolve("out")).doesNotExist();
    }

    @Test
    void shouldSayInOneLineWhatItSkips() throws Exception {
        Files.createDirectories(temp.resolve("in d"));
        Files.writeString(temp.resolve("in d/a:b"), "a\n");
        Files.writeString(temp.resolve("in d/_b"), "b\n");
        Ended ended = bucket("in d", "o t", "--master", "local[1]");
        assertThat(ended.out()).isEqualTo("1 records in 1 buckets: o t\n");
        assertThat(ended.err().lines().filter(line -> line.contains("skipped")))
                .singleElement()
                .asString()
                .startsWith("decant: skipped " + temp.toRealPath() + "/in d/_b: names in a directory ");
    }

    @Test
    void shouldRefuseArgumentsThatMakeNoSense() throws Exception {
        for (List<String> arguments : List.of(
                List.of("in.txt"),
                List.of("in.txt", "out", "--key", "csv:0"),
                List.of("in.txt", "out", "--key", "kafka-key"),
                List.of("in.txt", "out", "--master", "spark://somewhere"),
                List.of("in.txt", "out", "--master", "mesos://somewhere:5050"),
                List.of("in.txt", "out", "--master", "yarn"))) {
            Ended ended = bucket(arguments.toArray(new String[0]));
            assertThat(ended.status()).as(ended.err()).isEqualTo(2);
            assertThat(ended.err().lines()).singleElement().asString().startsWith("decant: ");
        }
    }

    @Test
    void shouldFailWhereItsOutputCannotBeWritten() throws Exception {
        Files.writeString(temp.resolve("in.txt"), "a\n");
        for (List<String> arguments :
                List.of(List.of("--version"), List.of("--help"), List.of("in.txt", "out", "--master", "local[1]"))) {
            Ended ended = bucket(Path.of("/dev/full"), arguments.toArray(new String[0]));
            assertThat(ended.status()).as("%s", arguments).isEqualTo(1);
            assertThat(ended.err()
                            .lines()
                            .filter(line -> line.startsWith("decant: ") && !line.contains("reads the input")))
                    .singleElement()
                    .asString()
                    .startsWith("decant: cannot write to standard output: No space left on device; ");
        }
    }

    private Ended bucket(String... arguments) throws IOException, InterruptedException {
        return bucket(temp.resolve("stdout"), arguments);
    }

    private Ended bucket(Path out, String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("-Xmx512m");
        words.addAll(List.of(System.getProperty("decant.spark.opens").split(" ")));
        words.addAll(List.of("-cp", JARS.resolve("*").toString(), "io.decant.spark.BucketMain", "bucket"));
        words.addAll(List.of(arguments));
        Path err = temp.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(temp.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("HADOOP_CONF_DIR");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.isRegularFile(out) ? Files.readString(out) : "";
        return new Ended(process.exitValue(), said, Files.readString(err));
    }
}
