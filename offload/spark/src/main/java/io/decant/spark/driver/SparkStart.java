package io.decant.spark.driver;

import io.decant.config.SparkMaster;
import io.decant.offload.capacity.Resources;
import io.decant.offload.capacity.SparkContainers;
import io.decant.offload.capacity.StandaloneCapacity;
import io.decant.offload.capacity.YarnProbe;
import io.decant.offload.protocol.SparkSettings;
import io.decant.spark.report.Slots;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts Spark by the settings. Stateless. */
public final class SparkStart {

    private SparkStart() {}

    /**
     * Starts it; on YARN this takes as long as the application master and the executors wait for their containers.
     *
     * @param jars folder of the driver's own class path
     * @throws IOException when the cluster is not reached, or has not what it needs
     */
    public static JavaSparkContext start(SparkSettings settings, Path jars) throws IOException {
        return start(settings, jars, "", Optional.empty());
    }

    /**
     * The same.
     *
     * @param slots what {@link #slots} has said: as many executors are asked for
     */
    public static JavaSparkContext start(SparkSettings settings, Path jars, Slots slots) throws IOException {
        return start(settings, jars, "", Optional.of(slots));
    }

    /** @param startTag a second tag, of this start alone, for the application on YARN; empty: none */
    static JavaSparkContext start(SparkSettings settings, Path jars, String startTag) throws IOException {
        return start(settings, jars, startTag, Optional.empty());
    }

    private static JavaSparkContext start(SparkSettings settings, Path jars, String startTag, Optional<Slots> slots)
            throws IOException {
        // Hadoop's part first: the driver's own address depends on it.
        Configuration hadoop = hadoop(settings, jars);
        SparkConf conf = SparkConfiguration.of(settings, DriverAddress.of(settings, hadoop), jars);
        if (settings.onYarn()) {
            checkArchive(settings.archive(), hadoop);
            SparkConfiguration.addTag(conf, startTag);
            if (!settings.tag().isEmpty()) {
                // Before the executors are counted: they get what this gives back.
                EarlierApplications.end(hadoop, settings.tag());
            }
        }
        if (settings.onCluster()) {
            SparkConfiguration.setExecutors(
                    conf,
                    slots.isPresent()
                            ? slots.get().executors()
                            : slots(settings, hadoop).executors());
        }
        return new JavaSparkContext(conf);
    }

    /**
     * How many tasks will run at a time: of {@code local[N]} as many as it says; on a cluster as many as the settings
     * say, or as it has room for now, one executor at least, which waits for its room.
     *
     * @param hadoop what {@link #hadoop} has made
     * @throws IOException when the cluster is not reached
     */
    public static Slots slots(SparkSettings settings, Configuration hadoop) throws IOException {
        if (!settings.onCluster()) {
            return new Slots(1, localCores(settings.master()));
        }
        int cores = Integer.parseInt(
                settings.conf().getOrDefault("spark.executor.cores", Integer.toString(settings.executorCores())));
        String asked = settings.conf().get("spark.executor.instances");
        if (asked != null) {
            return new Slots(Integer.parseInt(asked), cores);
        }
        return new Slots(settings.onYarn() ? onYarn(settings, hadoop) : onStandalone(settings, cores), cores);
    }

    /** The same of a context that was started so: as many executors as were asked for. */
    static Slots slots(SparkConf conf) {
        String master = conf.get("spark.master");
        return SparkMaster.isYarn(master) || SparkMaster.isStandalone(master)
                ? new Slots(conf.getInt("spark.executor.instances", 1), conf.getInt("spark.executor.cores", 1))
                : new Slots(1, localCores(master));
    }

    /** Of {@code local[4]} or {@code local[4,3]}, 4; of {@code local[*]}, what the machine has. */
    private static int localCores(String master) {
        int open = master.indexOf('[');
        if (open < 0) {
            return 1;
        }
        String count =
                master.substring(open + 1, master.length() - 1).split(",", 2)[0].strip();
        return count.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(count);
    }

    /** Spark would submit an application, and have YARN say after some tries what one of its folders lacks. */
    private static void checkArchive(String archive, Configuration hadoop) throws IOException {
        if (archive.isEmpty()) {
            return;
        }
        // As Spark has it: a path alone is one of this machine.
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(
                archive.contains(":") ? archive : Path.of(archive).toUri().toString());
        if (!path.getFileSystem(hadoop).exists(path)) {
            throw new FileNotFoundException(
                    "offload.archive " + archive + " does not exist; pack lib/spark/ and put it there");
        }
    }

    /** The Hadoop configuration by the settings, without Spark. */
    public static Configuration hadoop(SparkSettings settings, Path jars) throws IOException {
        return SparkHadoopUtil.get()
                .newConfiguration(SparkConfiguration.of(settings, InetAddress.getLoopbackAddress(), jars));
    }

    /** As many as the settings say, or as the cluster has room for; one at least, which waits for its room. */
    private static int onYarn(SparkSettings settings, Configuration hadoop) throws IOException {
        if (settings.executorInstances() > 0) {
            return settings.executorInstances();
        }
        Resources executor = SparkContainers.executor(
                settings.executorMemoryBytes(),
                SparkContainers.overheadMebibytes(settings.executorMemoryBytes(), settings.executorNativeBytes()),
                settings.executorCores());
        String queue = settings.queue().isEmpty() ? "default" : settings.queue();
        return Math.max(1, YarnProbe.read(hadoop, queue).executors(executor, SparkContainers.master()));
    }

    /** The same on a standalone cluster; asked in any case, since Spark itself would try for a minute. */
    private static int onStandalone(SparkSettings settings, int cores) throws IOException {
        SparkConf conf = new SparkConf(false);
        settings.conf().forEach(conf::set);
        SparkConfiguration.authenticate(conf.setIfMissing("spark.master", settings.master()));
        StandaloneCapacity cluster;
        try {
            cluster = StandaloneMaster.capacity(settings.master(), conf);
        } catch (IOException e) {
            throw new IOException(
                    settings.master() + " cannot be asked: " + e.getMessage()
                            + (conf.getBoolean("spark.authenticate", false)
                                    ? ""
                                    : "; where it authenticates, set spark.authenticate.secret"),
                    e);
        }
        if (settings.executorInstances() > 0) {
            return settings.executorInstances();
        }
        return Math.max(
                1,
                cluster.executors(new Resources(
                        conf.getSizeAsMb("spark.executor.memory", (settings.executorMemoryBytes() >> 20) + "m"),
                        cores)));
    }

    /** What drivers before this one have left on YARN, whose batches this one does anew. Stateless. */
    private static final class EarlierApplications {

        private static final Set<YarnApplicationState> UNFINISHED = EnumSet.of(
                YarnApplicationState.NEW,
                YarnApplicationState.NEW_SAVING,
                YarnApplicationState.SUBMITTED,
                YarnApplicationState.ACCEPTED,
                YarnApplicationState.RUNNING);

        private static final Logger log = LoggerFactory.getLogger(EarlierApplications.class);

        private EarlierApplications() {}

        /**
         * Ends those that have the tag: a driver that died may leave one behind that holds its containers for a while.
         *
         * @param tag of one server and journal alone
         * @throws IOException when the resource manager is not reached, or does not let us
         */
        static void end(Configuration hadoop, String tag) throws IOException {
            GetApplicationsRequest request = GetApplicationsRequest.newInstance();
            request.setApplicationTags(Set.of(tag));
            request.setApplicationStates(EnumSet.copyOf(UNFINISHED));
            try (YarnClient yarn = YarnClient.createYarnClient()) {
                yarn.init(new YarnConfiguration(hadoop));
                yarn.start();
                for (ApplicationReport application : yarn.getApplications(request)) {
                    log.warn("application {} of an earlier driver is killed", application.getApplicationId());
                    yarn.killApplication(application.getApplicationId());
                }
            } catch (YarnException e) {
                throw new IOException("YARN did not kill the applications of an earlier driver: " + e.getMessage(), e);
            }
        }
    }
}
