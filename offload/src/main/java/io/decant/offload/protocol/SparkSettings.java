package io.decant.offload.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.decant.config.SparkMaster;
import java.util.Map;

/**
 * Where and how the driver runs Spark.
 *
 * @param master {@code local[*]}, {@code local[N]}, {@code yarn} or {@code spark://host:port}
 * @param application what YARN shows it as
 * @param tag by which the driver's YARN applications are found, and ended when it has died
 * @param hadoopConf folder of the Hadoop configuration, an absolute path; empty: none
 * @param queue YARN's; empty: the default one
 * @param executorMemoryBytes heap of an executor; what lies off the heap comes on top, see
 *     {@link #executorNativeBytes()}
 * @param executorCores tasks that run at once in an executor
 * @param executorInstances how many executors; 0: as many as the cluster has room for
 * @param archive a {@code .zip} or {@code .tar.gz} of the driver's {@code lib/spark/} on a filesystem that all nodes
 *     see; empty: the nodes find the same folder as the driver does, as on a single machine
 * @param host by which executors reach the driver; empty: found out
 * @param conf any {@code spark.*} key; wins over all of the above
 */
public record SparkSettings(
        String master,
        String application,
        String tag,
        String hadoopConf,
        String queue,
        @JsonProperty("executorMemory") long executorMemoryBytes,
        int executorCores,
        int executorInstances,
        String archive,
        String host,
        Map<String, String> conf) {

    /** The master that is the resource manager of the Hadoop configuration. */
    public static final String YARN = SparkMaster.YARN;

    /** What a task needs at most off the heap, by the limits of block files: the file, and some 60 bytes a record. */
    public static final long TASK_NATIVE_BYTES = 384L << 20;

    private static final long EXECUTOR_MEMORY_BYTES_DEFAULT = 1L << 30;

    public SparkSettings {
        conf = Map.copyOf(conf);
    }

    /** Without a cluster. */
    public static SparkSettings local(String master) {
        return new SparkSettings(master, "decant", "", "", "", EXECUTOR_MEMORY_BYTES_DEFAULT, 1, 0, "", "", Map.of());
    }

    /** What an executor needs beside its heap. */
    public long executorNativeBytes() {
        return executorCores * TASK_NATIVE_BYTES;
    }

    /** Whether it runs on YARN. */
    public boolean onYarn() {
        return SparkMaster.isYarn(master);
    }

    /** Whether it runs on a cluster of Spark's own. */
    public boolean onStandalone() {
        return SparkMaster.isStandalone(master);
    }
}
