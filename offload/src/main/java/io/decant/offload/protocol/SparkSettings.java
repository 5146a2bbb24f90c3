package io.decant.offload.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.decant.config.SparkMaster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

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

    /**
     * In {@link #conf}: the jars of a user's job that the driver is for, absolute paths with a {@code |} between them.
     */
    private static final String USER_JARS = "spark.decant.jars";

    private static final String SEPARATOR = "|";

    private static final long EXECUTOR_MEMORY_BYTES_DEFAULT = 1L << 30;

    public SparkSettings {
        conf = Map.copyOf(conf);
    }

    /** Without a cluster. */
    public static SparkSettings local(String master) {
        return new SparkSettings(master, "decant", "", "", "", EXECUTOR_MEMORY_BYTES_DEFAULT, 1, 0, "", "", Map.of());
    }

    /** The same for a driver that runs a user's job from these jars. */
    public SparkSettings withUserJars(List<String> jars) {
        Map<String, String> more = new LinkedHashMap<>(conf);
        more.put(USER_JARS, String.join(SEPARATOR, jars));
        return new SparkSettings(
                master,
                application,
                tag,
                hadoopConf,
                queue,
                executorMemoryBytes,
                executorCores,
                executorInstances,
                archive,
                host,
                more);
    }

    /** The jars of the user's job that the driver is for; empty: it is for none, or that needs no jars. */
    public List<String> userJars() {
        String jars = conf.getOrDefault(USER_JARS, "");
        return jars.isEmpty() ? List.of() : List.of(jars.split(Pattern.quote(SEPARATOR), -1));
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

    /** Whether it runs on a cluster, not in the driver alone. */
    public boolean onCluster() {
        return onYarn() || onStandalone();
    }
}
