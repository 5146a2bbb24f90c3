package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code decant job WordCount} over a large text on a real HDFS, on YARN and on a standalone cluster. */
@ExtendWith(SharedCluster.class)
class JobWordCountIT {

    private static final long TEXT_BYTES = 300L << 20;
    private static final long BLOCK_BYTES = 32 << 20;
    private static final short REPLICAS = 2;
    private static final int JOB_SECONDS_MAX = 600;
    private static final Pattern FORECAST = Pattern.compile(
            "decant: reads the input in (\\d+) tasks = ([0-9.]+ MiB / 32 MiB) on 2 executors of 1 core: (\\d+) at a"
                    + " time, (\\d+) waves");

    @TempDir
    java.nio.file.Path folder;

    private HadoopCluster cluster;
    private long syncsBefore;
    private Path text;
    private Map<String, Long> expected;

    @BeforeEach
    void write(HadoopCluster shared) throws IOException {
        cluster = shared;
        syncsBefore = cluster.syncs();
        text = new Path(cluster.uri() + "/job/text");
        try (OutputStream out = cluster.fileSystem().create(text, true, 1 << 16, REPLICAS, BLOCK_BYTES)) {
            expected = WordText.write(out, TEXT_BYTES);
        }
        // Nothing is synced that nobody asked to be.
        assertThat(cluster.syncs()).isEqualTo(syncsBefore);
    }

    @AfterEach
    void remove() throws IOException {
        cluster.fileSystem().delete(text.getParent(), true);
    }

    @Test
    void shouldCountWordsOnYarnAndSayBeforeWhatItTakes() throws Exception {
        count("yarn", "--conf", "spark.executor.instances=2");
    }

    @Test
    void shouldCountWordsOnAStandaloneClusterAndSayBeforeWhatItTakes() throws Exception {
        try (StandaloneSpark spark = new StandaloneSpark(folder)) {
            count(spark.master());
        }
    }

    private void count(String master, String... more) throws Exception {
        Path output = new Path(text.getParent(), "words");
        List<String> arguments =
                new ArrayList<>(List.of("job", "WordCount", text.toString(), output.toString(), "--master", master));
        arguments.addAll(List.of(more));
        Command job = Command.run(
                Map.of("HADOOP_CONF_DIR", cluster.hadoopConf().toString()),
                JOB_SECONDS_MAX,
                arguments.toArray(new String[0]));
        assertThat(job.status()).as(job.err()).isZero();
        // A block of each part, on each of its datanodes.
        long parts = Stream.of(cluster.fileSystem().listStatus(output))
                .filter(file -> file.getLen() > 0)
                .count();
        assertThat(cluster.syncs() - syncsBefore).isGreaterThanOrEqualTo(parts * REPLICAS);
        System.out.println(job.err());
        assertThat(counts(output)).isEqualTo(expected);
        assertForecastIsWhatRan(job.err().lines().toList());
    }

    private static void assertForecastIsWhatRan(List<String> said) {
        assertThat(said).hasSize(4);
        Matcher forecast = FORECAST.matcher(said.get(0));
        assertThat(forecast.matches()).as(said.get(0)).isTrue();
        // 300 MiB and a little: nine blocks, and the rest is more than a tenth of one.
        assertThat(forecast.group(1)).isEqualTo("10");
        assertThat(said.get(1))
                .matches("stage 1  textFile, flatMap, map +" + forecast.group(1) + " tasks = "
                        + Pattern.quote(forecast.group(2)) + " +" + forecast.group(3) + " at a time, "
                        + forecast.group(4) + " waves .*");
        assertThat(said.get(2)).matches("stage 2  reduceByKey, saveAsTextFile +10 tasks .*");
        assertThat(said.get(3)).matches("executors reused between the stages: 2 of 2; read locally: (10|[0-9]) of 10");
    }

    private Map<String, Long> counts(Path output) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        for (FileStatus part : cluster.fileSystem().listStatus(output)) {
            if (part.getPath().getName().startsWith("part-")) {
                try (BufferedReader lines = new BufferedReader(
                        new InputStreamReader(cluster.fileSystem().open(part.getPath()), StandardCharsets.UTF_8))) {
                    lines.lines().forEach(line -> {
                        int comma = line.lastIndexOf(',');
                        counts.put(
                                line.substring(1, comma), Long.valueOf(line.substring(comma + 1, line.length() - 1)));
                    });
                }
            }
        }
        return counts;
    }
}
