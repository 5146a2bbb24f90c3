package io.decant.offload.files;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;

/**
 * The configuration of a Hadoop client: Hadoop's defaults; over them what makes a client fail in seconds, not in a
 * quarter of an hour, without an answer, and close a file soon; over both the files of the settings' folder. Nothing
 * is looked for in the environment.
 */
public final class HadoopConf {

    /**
     * A file is closed once a datanode has told the namenode of its last block. A client that comes first is to ask
     * again, and would by Hadoop's defaults after 400 ms, which is longer than writing a small file takes. By these it
     * asks after 20, 40, 80 and so on, and for no shorter a time.
     */
    private static final Map<String, String> CLOSING = Map.of(
            "dfs.client.block.write.locateFollowingBlock.initial.delay.ms",
            "20",
            "dfs.client.block.write.locateFollowingBlock.retries",
            "10");

    private HadoopConf() {}

    /**
     * Reads it.
     *
     * @param folder of {@code core-site.xml} and {@code hdfs-site.xml}, either of which may be missing
     * @throws RuntimeException if a file is there and cannot be read
     */
    public static Configuration load(Optional<Path> folder) {
        Configuration patience = new Configuration(false);
        patience.set("ipc.client.connect.timeout", "5000");
        patience.set("ipc.client.connect.max.retries", "2");
        patience.set("ipc.client.connect.max.retries.on.timeouts", "1");
        patience.set("ipc.client.rpc-timeout.ms", "60000");
        // The opener of a client closes it; a hook of the JVM would do so before the server has drained.
        patience.set("fs.automatic.close", "false");
        Configuration files = new Configuration(false);
        addFiles(files, folder);
        closeSoon(key -> files.get(key) != null, patience::set);
        Configuration conf = new Configuration();
        conf.addResource(patience);
        addFiles(conf, folder);
        // Read now: it is lazy, and would throw wherever it is first asked.
        conf.size();
        return conf;
    }

    /**
     * Has files closed soon, unless it is set how long a client retries: delay and number of tries mean
     * something together only.
     *
     * @param said whether a key is set explicitly
     * @param set sets one
     */
    public static void closeSoon(Predicate<String> said, BiConsumer<String, String> set) {
        if (CLOSING.keySet().stream().noneMatch(said)) {
            CLOSING.forEach(set);
        }
    }

    private static void addFiles(Configuration conf, Optional<Path> folder) {
        folder.ifPresent(found -> {
            conf.addResource(
                    new org.apache.hadoop.fs.Path(found.resolve("core-site.xml").toUri()));
            conf.addResource(
                    new org.apache.hadoop.fs.Path(found.resolve("hdfs-site.xml").toUri()));
        });
    }
}
