package io.decant.ingest.cli;

import io.decant.config.DataSize;
import io.decant.config.OffloadSettings;
import io.decant.config.Settings;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.sink.ClusterStorage;
import io.decant.ingest.sink.SinkComponent;
import io.decant.offload.capacity.JobEstimate;
import io.decant.offload.capacity.MasterQuestion;
import io.decant.offload.capacity.Resources;
import io.decant.offload.capacity.SparkContainers;
import io.decant.offload.capacity.StandaloneCapacity;
import io.decant.offload.capacity.StandaloneProbe;
import io.decant.offload.capacity.StorageCapacity;
import io.decant.offload.capacity.StorageProbe;
import io.decant.offload.capacity.YarnCapacity;
import io.decant.offload.capacity.YarnProbe;
import io.decant.offload.client.SparkFolder;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.HadoopConf;
import io.decant.offload.protocol.SparkSettings;
import io.decant.offload.staging.BlockFileLimits;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;

/**
 * What the clusters that settings name have to offer, and what a large batch would become there. Asks, and changes
 * nothing.
 */
final class ClusterReport {

    /** For a namenode or a resource manager, all its tries included. */
    private static final int ANSWER_SECONDS_MAX = 20;

    private final Settings settings;
    private final OffloadSettings offload;
    private final List<String> lines = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    /** How many executors there would be; empty: unknown. */
    private Optional<Integer> executors = Optional.empty();

    ClusterReport(Settings settings) {
        this.settings = settings;
        offload = settings.offload();
        if (!offload.isOnCluster()) {
            // The driver itself.
            executors = Optional.of(1);
        }
    }

    /** What there is to tell, line by line. */
    List<String> lines() {
        return lines;
    }

    /** What keeps batches from where they are to go, a line each. */
    List<String> problems() {
        return problems;
    }

    /** Asks namenodes, and resource manager or standalone master, each within a deadline. */
    void connect() {
        Map<String, Place> places = new LinkedHashMap<>();
        for (SinkComponent sink : SinkTypes.of(settings)) {
            sink.storage()
                    .ifPresent(storage ->
                            places.putIfAbsent(filesystem(storage.uri()), new Place("sink " + sink.name(), storage)));
        }
        if (settings.usesSpark()) {
            URI staging = offload.stagingUri();
            // Where a sink is there, too, its place is the staging's.
            places.putIfAbsent(
                    filesystem(staging),
                    new Place("offload.staging", new ClusterStorage(staging, offload.hadoopConf())));
        }
        places.forEach(this::askStorage);
        if (settings.usesSpark() && offload.isOnYarn()) {
            askYarn();
        }
        if (offload.isOn() && offload.isOnStandalone()) {
            askStandalone();
        }
    }

    private void askStorage(String filesystem, Place place) {
        try {
            StorageCapacity storage = TimedCall.call(
                    "decant-ask-" + filesystem,
                    ANSWER_SECONDS_MAX,
                    () -> StorageProbe.read(place.storage.uri(), HadoopConf.load(place.storage.hadoopConf())));
            lines.add("storage of " + filesystem + ", in blocks of " + new DataSize(storage.blockBytes()));
            lines.addAll(CapacityText.storage(storage));
            if (storage.safeMode()) {
                problems.add(place.of + ": " + filesystem
                        + " is in safe mode and accepts no writes; batches wait until it does");
            }
        } catch (IOException e) {
            problems.add(place.of + ": " + filesystem + " cannot be queried: " + e.getMessage()
                    + "; the server would start and keep trying");
        }
    }

    private void askYarn() {
        try {
            Configuration conf = HadoopConf.load(offload.hadoopConf());
            offload.hadoopConf()
                    .ifPresent(folder -> conf.addResource(new org.apache.hadoop.fs.Path(
                            folder.resolve("yarn-site.xml").toUri())));
            YarnCapacity yarn =
                    TimedCall.call("decant-ask-yarn", ANSWER_SECONDS_MAX, () -> YarnProbe.read(conf, offload.queue()));
            lines.add("YARN, queue " + offload.queue()
                    + yarn.queueFree()
                            .map(free -> ", which may still take " + CapacityText.resources(free))
                            .orElse(""));
            lines.addAll(CapacityText.yarn(yarn));
            tellExecutors(yarn);
        } catch (IOException e) {
            problems.add("offload: YARN cannot be queried: " + e.getMessage()
                    + "; the server would start, and large batches would wait in the journal");
        }
    }

    private void tellExecutors(YarnCapacity yarn) {
        long heap = offload.executorMemory().bytes();
        int cores = offload.executorCores();
        Resources executor = SparkContainers.executor(
                heap, SparkContainers.overheadMebibytes(heap, cores * SparkSettings.TASK_NATIVE_BYTES), cores);
        int room = yarn.executors(executor, SparkContainers.master());
        lines.add("an executor takes " + CapacityText.resources(executor.roundedUp(yarn.incrementMebibytes()))
                + ": room for " + CapacityText.counted(room, "executor") + " now, beside an application master");
        if (yarn.whenIdle().executors(executor, SparkContainers.master()) == 0) {
            problems.add("offload: even when nothing else runs, YARN has no room for one executor of "
                    + CapacityText.resources(executor)
                    + "; set offload.executor-memory or offload.executor-cores lower, or give nodes and"
                    + " containers more");
        }
        executors = Optional.of(offload.executorInstances().orElse(room));
    }

    private void askStandalone() {
        Map<String, String> conf = new LinkedHashMap<>();
        offload.properties().forEach((name, value) -> conf.put(name, value.value()));
        if (conf.containsKey("spark.authenticate.secret")) {
            conf.putIfAbsent("spark.authenticate", "true");
        }
        try {
            StandaloneCapacity cluster = TimedCall.call(
                    "decant-ask-master",
                    ANSWER_SECONDS_MAX,
                    () -> StandaloneProbe.read(SparkFolder.path(), new MasterQuestion(offload.master(), conf)));
            lines.add("Spark at " + offload.master());
            lines.addAll(CapacityText.standalone(cluster));
            Resources executor = new Resources(offload.executorMemory().bytes() >> 20, offload.executorCores());
            int room = cluster.executors(executor);
            lines.add("an executor takes " + CapacityText.cores(executor) + ": room for "
                    + CapacityText.counted(room, "executor") + " now");
            if (cluster.whenIdle().executors(executor) == 0) {
                problems.add("offload: even when nothing else runs, no worker of " + offload.master()
                        + " has room for one executor of " + CapacityText.cores(executor)
                        + "; set offload.executor-memory or offload.executor-cores lower, or give workers more");
            }
            executors = Optional.of(offload.executorInstances().orElse(room));
        } catch (IOException e) {
            problems.add("offload: the master cannot be asked: " + e.getMessage()
                    + "; the server would start, and large batches would wait in the journal");
        }
    }

    /** Adds what a batch of that size becomes. */
    void forecast(DataSize batch) {
        String which = "a batch of " + batch + ": ";
        if (offload.above().isEmpty()) {
            lines.add(which + "split in memory, since offload.above is off");
        } else if (batch.compareTo(offload.above().get()) <= 0) {
            lines.add(which + "split in memory, since it is not larger than offload.above, "
                    + offload.above().get());
        } else {
            lines.add(which + tasks(batch));
        }
    }

    /** By the configuration alone, so that it is the same with and without an answer. */
    private BlockFileLimits blockFiles() {
        try {
            return TimedCall.call("decant-staging", ANSWER_SECONDS_MAX, () -> {
                try (BatchFiles staging = BatchFiles.connect(offload.stagingUri(), offload.hadoopConf())) {
                    return BlockFileLimits.forBlocksOf(staging.blockBytes());
                }
            });
        } catch (IOException e) {
            // What is wrong with it is for those to say who ask it.
            DataSize blocks = new DataSize(BlockFileLimits.BYTES_DEFAULT);
            lines.add("offload.staging: " + e.getMessage() + "; counted as if its blocks were of " + blocks);
            return BlockFileLimits.forBlocksOf(blocks.bytes());
        }
    }

    private String tasks(DataSize batch) {
        if (executors.isEmpty()) {
            long tasks = JobEstimate.of(batch.bytes(), blockFiles(), 0, 0).tasks();
            return CapacityText.counted(tasks, "task") + "; --connect says over how many executors, if "
                    + (offload.isOnYarn() ? "YARN" : "the master") + " answers";
        }
        int cores = offload.isOnCluster() ? offload.executorCores() : localCores();
        JobEstimate job = JobEstimate.of(batch.bytes(), blockFiles(), executors.get(), cores);
        String tasks = CapacityText.counted(job.tasks(), "task");
        if (!offload.isOnCluster()) {
            return tasks + " over " + CapacityText.counted(cores, "core") + " of this machine, in "
                    + CapacityText.counted(job.waves(), "wave");
        }
        if (job.executors() == 0) {
            return tasks + ", which wait until " + (offload.isOnYarn() ? "YARN" : "a worker")
                    + " has room for an executor";
        }
        return tasks + " over " + CapacityText.counted(job.executors(), "executor") + " of "
                + CapacityText.counted(cores, "core") + ", in " + CapacityText.counted(job.waves(), "wave");
    }

    /** Of {@code local[4]}, 4; of {@code local[*]}, what the machine has. */
    private int localCores() {
        String master = offload.master();
        int open = master.indexOf('[');
        if (open < 0) {
            return 1;
        }
        String count = master.substring(open + 1, master.length() - 1);
        return count.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(count);
    }

    private static String filesystem(URI uri) {
        return uri.getScheme() + "://" + (uri.getAuthority() == null ? "" : uri.getAuthority());
    }

    /** Somewhere on a filesystem, and for whom. */
    private record Place(String of, ClusterStorage storage) {}

    /** Waits no longer than it wants to for what cannot be hurried: Hadoop's clients, which try for minutes. */
    private static final class TimedCall {

        private TimedCall() {}

        /**
         * Calls it in a thread of its own, which is interrupted and left behind where it does not come back in time.
         *
         * @throws IOException what it threw, as one line; or that it did not answer
         */
        static <T> T call(String name, int secondsMax, Callable<T> call) throws IOException {
            FutureTask<T> task = new FutureTask<>(call);
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
            try {
                return task.get(secondsMax, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                task.cancel(true);
                throw new IOException("no answer within " + secondsMax + " s", e);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
                throw new IOException(said.lines().findFirst().orElse(""), cause);
            } catch (InterruptedException e) {
                task.cancel(true);
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
