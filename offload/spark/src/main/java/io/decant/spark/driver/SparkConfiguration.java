package io.decant.spark.driver;

import io.decant.config.SparkMaster;
import io.decant.offload.capacity.SparkContainers;
import io.decant.offload.files.HadoopConf;
import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * What Spark is told, from the settings: one that works without anything of {@code spark.*} in them, and of which every
 * key can be overridden there. Stateless.
 */
public final class SparkConfiguration {

    /** The files of a Hadoop configuration. */
    private static final List<String> HADOOP_FILES =
            List.of("core-site.xml", "hdfs-site.xml", "mapred-site.xml", "yarn-site.xml");

    private static final String HADOOP = "spark.hadoop.";
    private static final String AUTHENTICATE = "spark.authenticate";
    private static final String TAGS = "spark.yarn.tags";
    private static final Pattern OWN_PROCESS = Pattern.compile("local(\\[.*])?");
    private static final String MODULES = JavaModuleOptions.defaultModuleOptions();

    private SparkConfiguration() {}

    /**
     * Makes the configuration; of a master that is a cluster all but the number of executors, which
     * {@link #setExecutors} adds.
     *
     * @param host this machine's address, by which executors reach the driver
     * @param jars folder of the driver's own class path
     * @throws IOException when the Hadoop configuration cannot be read
     */
    public static SparkConf of(SparkSettings settings, InetAddress host, Path jars) throws IOException {
        SparkConf conf = new SparkConf(false)
                .setMaster(settings.master())
                .setAppName(settings.application())
                // Nobody looks at it, and its port would have to be found, opened and guarded.
                .set("spark.ui.enabled", "false")
                .set("spark.ui.showConsoleProgress", "false")
                .set("spark.driver.host", host.getHostAddress())
                .set("spark.driver.bindAddress", host.getHostAddress())
                // Hashes do not compress.
                .set("spark.shuffle.compress", "false")
                .set("spark.shuffle.spill.compress", "false")
                // A task is short: better a block over the network than three seconds of waiting for a near core.
                .set("spark.locality.wait", "500ms");
        setHadoop(conf, settings.hadoopConf());
        if (settings.onYarn()) {
            setYarn(conf, settings, host, jars);
        } else if (settings.onStandalone()) {
            setStandalone(conf, settings, host, jars);
        }
        setUserJars(conf, settings);
        settings.conf().forEach(conf::set);
        authenticate(conf);
        keepTag(conf, settings);
        HadoopConf.closeSoon(key -> conf.contains(HADOOP + key), (key, value) -> conf.set(HADOOP + key, value));
        return conf;
    }

    /** In a process of this machine, what starts Spark loads them; Spark hands them to executors elsewhere. */
    private static void setUserJars(SparkConf conf, SparkSettings settings) {
        boolean elsewhere = !OWN_PROCESS.matcher(settings.master()).matches();
        if (elsewhere && !settings.userJars().isEmpty()) {
            conf.set(
                            "spark.jars",
                            settings.userJars().stream()
                                    .map(jar -> Path.of(jar).toUri().toString())
                                    .collect(Collectors.joining(",")))
                    .set("spark.executor.userClassPathFirst", "true");
        }
    }

    /**
     * Driver and executors prove to each other that they belong together. Spark makes a secret of its own on YARN and
     * in one process; any other master, a standalone one above all, needs one that is set there, too.
     */
    static void authenticate(SparkConf conf) {
        String master = conf.get("spark.master");
        boolean hasSecret = master.equals(SparkSettings.YARN)
                || OWN_PROCESS.matcher(master).matches()
                || conf.contains(AUTHENTICATE + ".secret");
        if (hasSecret) {
            conf.setIfMissing(AUTHENTICATE, "true");
        }
    }

    /** By it, the next driver finds what this one leaves; the settings' own tags come beside it. */
    private static void keepTag(SparkConf conf, SparkSettings settings) {
        if (settings.conf().containsKey(TAGS)) {
            addTag(conf, settings.tag());
        }
    }

    /** Adds a tag of the application on YARN; nothing where it is empty. */
    static void addTag(SparkConf conf, String tag) {
        if (!tag.isEmpty()) {
            String others = conf.get(TAGS, "");
            conf.set(TAGS, others.isEmpty() ? tag : others + "," + tag);
        }
    }

    /**
     * Tells how many executors to ask the cluster for, unless the settings' own {@code spark.*} keys do.
     *
     * @param instances at least 1
     */
    public static void setExecutors(SparkConf conf, int instances) {
        conf.setIfMissing("spark.executor.instances", Integer.toString(instances));
        if (SparkMaster.isStandalone(conf.get("spark.master"))) {
            // A standalone master counts cores, and would give all that there are.
            int cores = conf.getInt("spark.executor.cores", 1);
            conf.setIfMissing(
                    "spark.cores.max", Integer.toString(conf.getInt("spark.executor.instances", instances) * cores));
        }
    }

    private static void setYarn(SparkConf conf, SparkSettings settings, InetAddress host, Path jars) {
        conf.set("spark.submit.deployMode", "client")
                .set(TAGS, settings.tag())
                .set("spark.yarn.queue", settings.queue().isEmpty() ? "default" : settings.queue())
                .set("spark.dynamicAllocation.enabled", "false")
                .set("spark.executor.cores", Integer.toString(settings.executorCores()))
                .set("spark.executor.memory", (settings.executorMemoryBytes() >> 20) + "m")
                .set(
                        "spark.executor.memoryOverhead",
                        SparkContainers.overheadMebibytes(
                                        settings.executorMemoryBytes(), settings.executorNativeBytes())
                                + "m")
                .set("spark.executor.extraJavaOptions", MODULES)
                .set("spark.yarn.am.extraJavaOptions", MODULES)
                // The cluster's own Hadoop would bring its own versions of everything.
                .set("spark.yarn.populateHadoopClasspath", "false")
                // Where nobody answers, a client would try for a quarter of an hour before it said so; and each of its
                // tries
                // is many of the connection's own.
                .setIfMissing(HADOOP + "yarn.resourcemanager.connect.max-wait.ms", "30000")
                .setIfMissing(HADOOP + "yarn.resourcemanager.connect.retry-interval.ms", "2000")
                .setIfMissing(HADOOP + "ipc.client.connect.max.retries", "1");
        if (settings.archive().isEmpty()) {
            conf.set("spark.yarn.jars", "local:" + jars + "/*");
            setEnvironment(conf, "JAVA_HOME", System.getProperty("java.home"));
        } else {
            conf.set("spark.yarn.archive", settings.archive());
        }
        if (host.isLoopbackAddress()) {
            // All nodes are this machine, and would find some other address of it by themselves.
            setEnvironment(conf, "SPARK_LOCAL_IP", host.getHostAddress());
        }
    }

    private static void setEnvironment(SparkConf conf, String name, String value) {
        conf.set("spark.yarn.appMasterEnv." + name, value).set("spark.executorEnv." + name, value);
    }

    /**
     * Each worker starts executors from its own installation of Spark; what lies in the driver's folder goes before.
     */
    private static void setStandalone(SparkConf conf, SparkSettings settings, InetAddress host, Path jars) {
        conf.set("spark.submit.deployMode", "client")
                .set("spark.dynamicAllocation.enabled", "false")
                .set("spark.executor.cores", Integer.toString(settings.executorCores()))
                .set("spark.executor.memory", (settings.executorMemoryBytes() >> 20) + "m")
                .set("spark.executor.extraJavaOptions", MODULES)
                .set("spark.executor.extraClassPath", jars + "/*")
                // On YARN Spark waits for four of five executors; here it would begin with the first one.
                .set("spark.scheduler.minRegisteredResourcesRatio", "1.0");
        if (host.isLoopbackAddress()) {
            conf.set("spark.executorEnv.SPARK_LOCAL_IP", host.getHostAddress());
        }
    }

    /** Key by key, so that driver, application master and executors have the same, whatever lies on their machines. */
    private static void setHadoop(SparkConf conf, String folder) throws IOException {
        if (folder.isEmpty()) {
            return;
        }
        Configuration files = new Configuration(false);
        for (String name : HADOOP_FILES) {
            Path file = Path.of(folder, name);
            if (Files.exists(file)) {
                files.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
            }
        }
        try {
            for (Map.Entry<String, String> entry : files) {
                conf.set(HADOOP + entry.getKey(), entry.getValue());
            }
        } catch (RuntimeException e) {
            throw new IOException("the Hadoop configuration in " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }
}
