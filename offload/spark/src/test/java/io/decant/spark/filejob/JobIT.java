package io.decant.spark.filejob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.decant.spark.command.CommandProcess;
import io.decant.spark.userjob.JobJar;
import io.decant.spark.userjob.MllibExample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code decant job} as a process. */
@Timeout(300)
class JobIT {

    /** An id that no user has. */
    private static final String NOBODYS_ID = "54321";

    @TempDir
    Path temp;

    @Test
    void shouldRunAJobOfAJarAndShowWhatItWas() throws Exception {
        Path jar = new JobJar().with("Reverse", """
                        import io.decant.job.*;
                        public class Reverse implements BatchJob {
                            public void run(org.apache.spark.api.java.JavaSparkContext spark, Batch batch) {
                                if (batch.settings().containsKey("fail")) {
                                    throw new IllegalStateException(batch.settings().get("fail"));
                                }
                                batch.lines()
                                        .map(line -> new StringBuilder(line).reverse().toString())
                                        .saveAsTextFile(batch.output());
                            }
                        }
                        """).write(temp.resolve("reverse.jar"));
        Files.writeString(temp.resolve("in.txt"), "abc\n");
        CommandProcess job =
                CommandProcess.job(temp, "Reverse", "in.txt", "out", "--jar", jar.toString(), "--master", "local[2]");
        assertThat(job.status()).as(job.err()).isZero();
        assertThat(job.out()).matches("Reverse is done in [0-9.]+ s: out\n");
        assertThat(job.err().lines().toList())
                .hasSize(2)
                .first()
                .isEqualTo(
                        "decant: reads the input in 2 tasks = 4 B / 2 B on 1 executor of 2 cores: 2 at a time, 1 wave");
        assertThat(Files.readString(temp.resolve("out/part-00000"))).isEqualTo("cba\n");

        CommandProcess failed = CommandProcess.job(
                temp,
                "Reverse",
                "in.txt",
                "out-2",
                "--jar",
                jar.toString(),
                "--set",
                "fail=of that",
                "--master",
                "local");
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err()).endsWith("decant: Reverse failed: java.lang.IllegalStateException: of that\n");
        assertThat(temp.resolve("out-2")).doesNotExist();
    }

    /** As examples/mllib says: MLlib is no part of Decant, and comes as jars of the job's. */
    @Test
    void shouldTrainAndScoreWithMllib() throws Exception {
        Path jar = MllibExample.write(temp.resolve("points.jar"));
        Files.writeString(temp.resolve("points"), "1,1\n1.5,2\n\n10,10\n11,9\n");
        List<String> words = new ArrayList<>(List.of(
                "PointGroups", "points", "out", "--master", "local[2]", "--set", "groups=2", "--jar", jar.toString()));
        MllibExample.libraries().forEach(library -> words.addAll(List.of("--jar", library)));
        CommandProcess job = CommandProcess.job(temp, words.toArray(new String[0]));
        assertThat(job.status()).as(job.err()).isZero();
        assertThat(Files.readAllLines(temp.resolve("out/centers/part-00000")))
                .containsExactlyInAnyOrder("1.25,1.5", "10.5,9.5");
        List<String> groups = new ArrayList<>(Files.readAllLines(temp.resolve("out/groups/part-00000")));
        groups.addAll(Files.readAllLines(temp.resolve("out/groups/part-00001")));
        String first = groups.get(0).substring(0, 1);
        String second = first.equals("0") ? "1" : "0";
        assertThat(groups).containsExactly(first + "\t1,1", first + "\t1.5,2", second + "\t10,10", second + "\t11,9");
    }

    @Test
    void shouldSayInOneLineWhatItCannotDo() throws Exception {
        Files.writeString(temp.resolve("in.txt"), "a\n");
        assertThat(CommandProcess.job(temp, "WordCont", "in.txt", "out"))
                .isEqualTo(new CommandProcess(
                        1,
                        "",
                        "decant: class WordCont is not in the jars; check its name, and name its jar with --jar\n"));
        assertThat(CommandProcess.job(temp, "WordCount", "nothing", "out"))
                .isEqualTo(new CommandProcess(1, "", "decant: nothing: no such file\n"));
        assertThat(CommandProcess.job(temp, "WordCount", "in.txt", "out", "--jar", "no.jar"))
                .isEqualTo(new CommandProcess(1, "", "decant: no.jar: no such jar on this machine\n"));
        for (List<String> arguments : List.of(
                List.of("WordCount", "in.txt"),
                List.of("WordCount", "in.txt", "out", "--set", "x"),
                List.of("WordCount", "in.txt", "out", "--conf", "x=y"),
                List.of("WordCount", "in.txt", "out", "--master", "yarn"))) {
            CommandProcess wrong = CommandProcess.job(temp, arguments.toArray(new String[0]));
            assertThat(wrong.status()).as(wrong.err()).isEqualTo(2);
            assertThat(wrong.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("decant: ")
                    .endsWith(" See 'decant job --help'.");
        }
    }

    /** As in a container that runs under an id of its own: Hadoop's client wants a name. */
    @Test
    void shouldWorkForAUserWithoutAName() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        Path work = Files.createDirectories(temp.resolve("work"));
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(work.resolve("in.txt"), "b a b\n");
        List<String> nameless = List.of("setpriv", "--reuid", NOBODYS_ID, "--regid", NOBODYS_ID, "--clear-groups");
        CommandProcess job = CommandProcess.run(
                work, nameless, "io.decant.spark.JobMain", "WordCount", "in.txt", "out", "--master", "local[1]");
        assertThat(job.status()).as(job.err()).isZero();
        assertThat(work.resolve("out/_SUCCESS")).exists();
        CommandProcess bucket = CommandProcess.run(
                work,
                nameless,
                "io.decant.spark.BucketMain",
                "file://" + work.resolve("in.txt"),
                "file://" + work.resolve("buckets"),
                "--master",
                "local[1]");
        assertThat(bucket.status()).as(bucket.err()).isZero();
        CommandProcess hdfs = CommandProcess.run(
                work,
                nameless,
                "io.decant.spark.BucketMain",
                "hdfs://127.0.0.1:1/in",
                "buckets-2",
                "--master",
                "local[1]");
        assertThat(hdfs.status()).isEqualTo(1);
        assertThat(hdfs.err())
                .isEqualTo("decant: Hadoop's client needs the name of the user that runs this process, and user id "
                        + NOBODYS_ID
                        + " has none; add a line for it to /etc/passwd, or run as a user that has one, or set"
                        + " HADOOP_USER_NAME\n");
    }
}
