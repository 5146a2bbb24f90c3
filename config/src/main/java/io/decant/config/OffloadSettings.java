package io.decant.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The section {@code offload}: which batches are split on Spark, and where.
 *
 * @param above batches with more bytes than this are; empty: none is
 * @param master {@code local[*]}, {@code local[N]}, {@code yarn} or {@code spark://host:port}
 * @param staging where such batches are put for Spark and its results lie; a path, or a URI with a scheme
 * @param hadoopConf folder of {@code core-site.xml} and the like; empty: none
 * @param queue of YARN
 * @param driverMemory heap of the process that drives the jobs, and with {@code local} does them
 * @param executorMemory heap of an executor on a cluster
 * @param executorCores tasks that an executor on a cluster does at a time
 * @param executorInstances executors on a cluster; empty: as many as the cluster has room for
 * @param archive URI of a {@code .zip} or {@code .tar.gz} of {@code lib/spark/} that all nodes see; empty: they find
 *     the same folder
 * @param driverHost by which executors reach the driver; empty: found out
 * @param properties of Spark, over what all the others say
 */
public record OffloadSettings(
        Optional<DataSize> above,
        String master,
        String staging,
        Optional<Path> hadoopConf,
        String queue,
        DataSize driverMemory,
        DataSize executorMemory,
        int executorCores,
        Optional<Integer> executorInstances,
        String archive,
        String driverHost,
        Map<String, PropertyValue> properties) {

    private static final String OFF = "off";
    private static final String AUTO = "auto";
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
    private static final Pattern PROPERTY = Pattern.compile("spark\\.[A-Za-z0-9_.-]+");

    private static final SectionKeys<OffloadSettings> KEYS = SectionKeys.of(OffloadSettings.class);

    /** Below 64 KiB a batch is split in memory before a job has begun. */
    static final Setting<OffloadSettings, Optional<DataSize>> ABOVE = KEYS.optional(
            Types.orWord(OFF, Types.size("64KiB", "1024TiB")),
            Optional.empty(),
            "Batches larger than this are split on Spark, not in memory. The result is the same.");

    static final Setting<OffloadSettings, String> MASTER = KEYS.optional(
            Types.text("`local[*]`, `local[N]`, `yarn` or `spark://host:port`", OffloadSettings::checkMaster),
            "local[*]",
            "Where Spark runs: in one process on this machine, on YARN, or on a standalone cluster of Spark's own"
                    + " (several masters: `spark://one:7077,two:7077`).");

    static final Setting<OffloadSettings, String> STAGING = KEYS.optional(
            Types.text("a path, or an hdfs or file URI", OffloadSettings::checkStaging),
            "./data/staging",
            "Where such a batch and its result are stored until every sink has them; relative to the"
                    + " settings file. On a cluster: a filesystem that the whole cluster can access, `hdfs://...` or,"
                    + " if every node mounts it, `file:///...`. With `local`, only the user of the server can access"
                    + " it.");

    static final Setting<OffloadSettings, Optional<Path>> HADOOP_CONF = KEYS.optional(
            Types.OPTIONAL_PATH,
            Optional.empty(),
            "Folder with `core-site.xml`, `hdfs-site.xml` and `yarn-site.xml`; relative to the file. Needed with"
                    + " `yarn`.");

    static final Setting<OffloadSettings, String> QUEUE = KEYS.optional(
            Types.text(
                    "a queue's name",
                    Pattern.compile("[A-Za-z0-9._-]{1,256}"),
                    () -> new InvalidValue("is not a queue", "write its name, e.g. root.ingest")),
            "default",
            "YARN's queue.");

    static final Setting<OffloadSettings, DataSize> DRIVER_MEMORY = KEYS.optional(
            Types.size("512MiB", "1TiB"),
            DataSize.ofGibibytes(1),
            "Heap of the driver, a process beside the server; with `local` it also does the work.");

    /** Spark refuses to start in less than 450 MiB. */
    static final Setting<OffloadSettings, DataSize> EXECUTOR_MEMORY = KEYS.optional(
            Types.size("512MiB", "1TiB"),
            DataSize.ofGibibytes(2),
            "Heap of an executor on a cluster; of YARN, Spark asks for a tenth more, at least 384 MiB.");

    static final Setting<OffloadSettings, Integer> EXECUTOR_CORES =
            KEYS.optional(Types.wholeNumber(1, 256), 2, "Tasks that an executor on a cluster runs at a time.");

    static final Setting<OffloadSettings, Optional<Integer>> EXECUTOR_INSTANCES = KEYS.optional(
            Types.orWord(AUTO, Types.wholeNumber(1, 100_000)),
            Optional.empty(),
            "Executors on a cluster; `auto`: as many as the cluster has room for when the driver starts.");

    static final Setting<OffloadSettings, String> ARCHIVE = KEYS.optional(
            Types.text(
                    "a URI of a `.zip` or `.tar.gz`",
                    Pattern.compile("(\\S+\\.(zip|tar\\.gz|tgz))?"),
                    () -> new InvalidValue("is not an archive", "write e.g. hdfs://namenode:8020/decant/spark.zip")),
            "",
            "The content of `lib/spark/` as an archive, on a filesystem that all nodes of YARN can access;"
                    + " empty, and with `spark://`: every node has that folder at the same path.");

    static final Setting<OffloadSettings, String> DRIVER_HOST = KEYS.optional(
            Types.text(
                    "a name or an address",
                    Pattern.compile("[A-Za-z0-9._:-]{0,255}"),
                    () -> new InvalidValue("is not a host", "write a name or an address of this machine")),
            "",
            "Name or address by which executors on a cluster reach the driver; empty: detected.");

    static final Setting<OffloadSettings, Map<String, PropertyValue>> PROPERTIES = KEYS.optional(
            new PropertiesType("`spark.*`", OffloadSettings::checkProperty),
            Map.of(),
            "Passed to Spark; overrides all of the above. A value that looks like a secret, or came from"
                    + " the environment, is never shown.");

    static final Section<OffloadSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public OffloadSettings {
        ABOVE.check(above);
        MASTER.check(master);
        STAGING.check(staging);
        HADOOP_CONF.check(hadoopConf);
        QUEUE.check(queue);
        DRIVER_MEMORY.check(driverMemory);
        EXECUTOR_MEMORY.check(executorMemory);
        EXECUTOR_CORES.check(executorCores);
        EXECUTOR_INSTANCES.check(executorInstances);
        ARCHIVE.check(archive);
        DRIVER_HOST.check(driverHost);
        PROPERTIES.check(properties);
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** Every value as it is when nothing is set. */
    public static OffloadSettings defaults() {
        return SECTION.defaults();
    }

    /** Whether any batch is split on Spark. */
    public boolean isOn() {
        return above.isPresent();
    }

    /** Whether Spark runs on YARN. */
    public boolean isOnYarn() {
        return SparkMaster.isYarn(master);
    }

    /** Whether Spark runs on a standalone cluster, Spark's own. */
    public boolean isOnStandalone() {
        return SparkMaster.isStandalone(master);
    }

    /** Whether Spark runs on a cluster, not in a process of this machine. */
    public boolean isOnCluster() {
        return isOnYarn() || isOnStandalone();
    }

    /** Where staged batches lie, with a scheme. */
    public URI stagingUri() {
        return hasScheme(staging)
                ? URI.create(staging)
                : Path.of(staging).toAbsolutePath().toUri();
    }

    /** The same, with every relative path in it taken from {@code folder}. */
    OffloadSettings relativeTo(Path folder) {
        String absolute = hasScheme(staging)
                ? staging
                : folder.resolve(staging).normalize().toString();
        OffloadSettings staged = SECTION.with(this, STAGING, absolute);
        return SECTION.with(
                staged, HADOOP_CONF, hadoopConf.map(path -> folder.resolve(path).normalize()));
    }

    /** Whether staging is the same place wherever the settings lie. */
    boolean hasAbsoluteStaging() {
        return hasScheme(staging) || Path.of(staging).isAbsolute();
    }

    /**
     * What does not fit together, of a section whose paths are absolute and that is used.
     *
     * @param dataDir absolute
     */
    List<Conflict> conflicts(String path, Path dataDir) {
        List<Conflict> conflicts = new ArrayList<>();
        hadoopConf
                .filter(folder -> !Files.isDirectory(folder))
                .ifPresent(folder -> conflicts.add(new Conflict(
                        Map.of(path + ".hadoop-conf", folder.toString()),
                        "is not a folder",
                        "name the one that holds core-site.xml")));
        if (isOnYarn() && hadoopConf.isEmpty()) {
            conflicts.add(new Conflict(
                    Map.of(path + ".master", master),
                    "needs " + path + ".hadoop-conf, which says where the resource manager is",
                    "set it to the folder that holds yarn-site.xml"));
        }
        if (isOnCluster() && !hasScheme(staging)) {
            conflicts.add(Conflict.of(
                    path + ".master",
                    master,
                    path + ".staging",
                    staging,
                    "needs " + path + ".staging on a filesystem that the cluster can access, which " + staging
                            + " is not",
                    "set it to hdfs://..., or to file:///... where every node mounts that"));
        }
        if (isOnCluster() && isStagingWithin(dataDir)) {
            conflicts.add(Conflict.of(
                    path + ".staging",
                    staging,
                    General.DATA_DIR.key(),
                    dataDir,
                    "lies in data-dir, which no other user can read, and the nodes of "
                            + (isOnYarn() ? "YARN" : "the cluster") + " are other users",
                    "set it to a directory outside data-dir"));
        }
        if (isOnStandalone() && !archive.isEmpty()) {
            conflicts.add(Conflict.of(
                    path + ".archive",
                    archive,
                    path + ".master",
                    master,
                    "is for YARN, which unpacks it on its nodes; a standalone cluster does not",
                    "remove it, and put lib/spark/ where it is here on each worker"));
        }
        return conflicts;
    }

    private boolean isStagingWithin(Path dataDir) {
        return hasScheme(staging)
                && FilesystemUriType.isFile(URI.create(staging))
                && Path.of(URI.create(staging)).normalize().startsWith(dataDir);
    }

    /** Whether staged batches lie on a disk of this machine that nobody else reads: not where nodes of a cluster do. */
    public boolean isStagingPrivate() {
        return !isOnCluster() && FilesystemUriType.isFile(stagingUri());
    }

    private static boolean hasScheme(String place) {
        return SCHEME.matcher(place).matches();
    }

    private static void checkMaster(String master) {
        if (!SparkMaster.isOne(master)) {
            throw new InvalidValue("is not a master", "write " + SparkMaster.FORMS);
        }
    }

    private static void checkStaging(String place) {
        if (hasScheme(place)) {
            FilesystemUriType.HDFS_OR_FILE.check(FilesystemUriType.parse(place));
        } else {
            Types.PATH.check(Types.parsePath(place));
        }
    }

    private static void checkProperty(String name) {
        if (!PROPERTY.matcher(name).matches()) {
            throw new InvalidValue("is not a property of Spark", "write spark.something");
        }
    }
}
