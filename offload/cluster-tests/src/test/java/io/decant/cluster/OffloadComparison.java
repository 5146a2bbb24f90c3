package io.decant.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prints how long batches of several sizes take from their last acknowledgement until HDFS has them: in memory, and on
 * Spark with a driver that runs already. Not part of the build, by its name; docs/cluster.md says how to run it. What
 * is checked is that all make the same files, never the time.
 */
@ExtendWith(SharedCluster.class)
class OffloadComparison {

    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final int RECORD_BYTES = 99;
    private static final int KEY_DIGITS = 16;
    private static final List<String> MASTERS = words("decant.masters", "memory,local[2],yarn");
    /** Megabytes, with the ends of lines. */
    private static final List<String> SIZES = words("decant.sizes", "1,100,300,600");
    /** One more comes before them, which starts the driver. */
    private static final int BATCHES = Integer.getInteger("decant.rounds", 3);

    @TempDir
    Path folder;

    private final Map<Integer, JsonArray> made = new HashMap<>();

    private static List<String> words(String property, String otherwise) {
        return List.of(System.getProperty(property, otherwise).split(",(?![^\\[]*])"));
    }

    @Test
    void shouldMakeTheSameFilesInMemoryAndOnSpark(HadoopCluster cluster) throws Exception {
        Path hadoopConf = withLargeBlocks(cluster);
        System.out.printf("%nSeconds from acknowledged to delivered; medians of %d batches%n", BATCHES);
        for (String master : MASTERS) {
            for (String size : SIZES) {
                measure(cluster, hadoopConf, master, Integer.parseInt(size));
            }
        }
    }

    private void measure(HadoopCluster cluster, Path hadoopConf, String master, int megabytes) throws Exception {
        int records = megabytes * 1_000_000 / (RECORD_BYTES + 1);
        String name = master.replaceAll("\\W", "") + "-" + megabytes;
        var root = new org.apache.hadoop.fs.Path("/offload-comparison/" + name);
        List<Double> seconds = new ArrayList<>();
        try (DecantServer server = start(cluster, hadoopConf, master, records, root)) {
            SplittableRandom random = new SplittableRandom(megabytes);
            for (int batch = 1; batch <= 1 + BATCHES; batch++) {
                pour(server.port(), records, random);
                long begin = System.nanoTime();
                server.awaitDelivered("archive", batch, PATIENCE);
                seconds.add((System.nanoTime() - begin) / 1e9);
                assertThat(server.batch(batch).orElseThrow().getString("where"))
                        .isEqualTo(master.equals("memory") ? "memory" : "spark");
            }
            assertThat(server.stop()).as("%s", server.lastLines()).isZero();
        }
        JsonArray contents = contents(cluster, root);
        assertThat(contents).hasSize(1 + BATCHES);
        assertThat(contents).isEqualTo(made.computeIfAbsent(megabytes, first -> contents));
        cluster.fileSystem().delete(root, true);
        print(master, megabytes, seconds);
    }

    private static void print(String master, int megabytes, List<Double> seconds) {
        double[] sorted = seconds.stream()
                .skip(1)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        System.out.printf(
                Locale.ROOT,
                "  %4d MB, %-9s %6.2f (%.2f..%.2f); the first %.2f%n",
                megabytes,
                master,
                sorted[sorted.length / 2],
                sorted[0],
                sorted[sorted.length - 1],
                seconds.get(0));
    }

    private DecantServer start(
            HadoopCluster cluster, Path hadoopConf, String master, int records, org.apache.hadoop.fs.Path root)
            throws IOException {
        return DecantServer.start(Files.createDirectories(folder.resolve(root.getName())), """
                batch: {interval: 1d, max-records: %1$d}
                offload:
                  above: %2$s
                  master: "%3$s"
                  staging: %4$s%5$s-staging
                  hadoop-conf: %6$s
                  executor-memory: 1GiB
                  executor-cores: 1
                  executor-instances: 2
                  driver-host: 127.0.0.1
                sinks: {archive: {type: hdfs, uri: "%4$s%5$s", hadoop-conf: %6$s}}
                """.formatted(
                        records,
                        master.equals("memory") ? "off" : "64KiB",
                        master.equals("memory") ? "local[*]" : master,
                        cluster.uri(),
                        root,
                        hadoopConf));
    }

    /** The clients' configuration with the blocks of a real cluster. */
    private Path withLargeBlocks(HadoopCluster cluster) throws IOException {
        Path conf = Files.createDirectories(folder.resolve("conf"));
        for (String name : List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml")) {
            Configuration file = new Configuration(false);
            file.addResource(new org.apache.hadoop.fs.Path(
                    cluster.hadoopConf().resolve(name).toUri()));
            file.setStrings("dfs.blocksize", "128m");
            try (OutputStream out = Files.newOutputStream(conf.resolve(name))) {
                file.writeXml(out);
            }
        }
        return conf;
    }

    /** Sends records of which every tenth is there already, and returns when all are acknowledged. */
    private static void pour(int port, int records, SplittableRandom random) throws IOException {
        byte[] line = new byte[RECORD_BYTES + 1];
        Arrays.fill(line, (byte) 'x');
        line[RECORD_BYTES] = '\n';
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            long fresh = 0;
            for (int i = 0; i < records; i++) {
                long key = fresh > 0 && random.nextInt(10) == 0 ? random.nextLong(fresh) : fresh++;
                for (int digit = 0; digit < KEY_DIGITS; digit++) {
                    line[digit] = (byte) Character.forDigit((int) (key >>> (4 * digit)) & 0xF, 16);
                }
                out.write(line);
            }
            out.flush();
            socket.shutdownOutput();
            String answers = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertThat(answers).endsWith("OK " + records + "\n");
        }
    }

    /** For each batch how many records and bytes each bucket has, and their checksum, as the manifests say. */
    private static JsonArray contents(HadoopCluster cluster, org.apache.hadoop.fs.Path root) throws IOException {
        JsonArray contents = new JsonArray();
        var manifests = new org.apache.hadoop.fs.Path(root, "server=*/date=*/hour=*/batch-*/_manifest.json");
        for (FileStatus file : cluster.fileSystem().globStatus(manifests)) {
            try (var in = cluster.fileSystem().open(file.getPath())) {
                JsonArray buckets = new JsonObject(new String(in.readAllBytes(), US_ASCII)).getJsonArray("buckets");
                buckets.forEach(bucket -> ((JsonObject) bucket).remove("parts"));
                contents.add(buckets);
            }
        }
        return contents;
    }
}
