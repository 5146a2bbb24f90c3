package io.decant.offload.files;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The configuration of a Hadoop client: Hadoop's defaults; over them what makes a client fail in seconds, not in a quarter of an hour, where
 * nobody answers; over both the files of the settings' folder. Nothing is looked for in the environment.
 */
public final class HadoopConf {

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
        // Whoever opens a client closes it; a hook of the JVM would do so before the server has drained.
        patience.set("fs.automatic.close", "false");
        Configuration conf = new Configuration();
        conf.addResource(patience);
        folder.ifPresent(found -> {
            conf.addResource(
                    new org.apache.hadoop.fs.Path(found.resolve("core-site.xml").toUri()));
            conf.addResource(
                    new org.apache.hadoop.fs.Path(found.resolve("hdfs-site.xml").toUri()));
        });
        // Read now: it is lazy, and would throw wherever it is first asked.
        conf.size();
        return conf;
    }
}
