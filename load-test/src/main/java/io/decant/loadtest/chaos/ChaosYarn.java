package io.decant.loadtest.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A real YARN of a resource manager and one node manager, beside {@link ChaosHdfs}. Large batches become Spark jobs on
 * it. Used by one thread, but for starts.
 */
final class ChaosYarn implements AutoCloseable {

    private static final List<String> FILES = List.of("core-site.xml", "yarn-site.xml", "capacity-scheduler.xml");
    private static final String HOST = "127.0.0.1:";
    private static final String NODE_MEGABYTES = "3072";
    private static final String NODE_CORES = "3";

    private static final int START_SECONDS_MAX = 180;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** As the resource manager answers, in JSON or in XML. */
    private static final Pattern ACTIVE_NODE = Pattern.compile("activeNodes\\W+[1-9]");

    private final Path root;
    private final URI metrics;
    private final ChaosDaemon resourceManager;
    private final ChaosDaemon nodeManager;

    private ChaosYarn(Path root, String jars, ChaosPorts ports, ChaosHdfs hdfs) throws IOException {
        Map<String, String> clients = new LinkedHashMap<>(Map.of(
                "fs.defaultFS",
                hdfs.uri().toString(),
                "hadoop.tmp.dir",
                root.resolve("tmp").toString(),
                "yarn.resourcemanager.hostname",
                "127.0.0.1",
                "yarn.resourcemanager.connect.retry-interval.ms",
                "200",
                "yarn.scheduler.minimum-allocation-mb",
                "128"));
        for (String role : List.of("", ".scheduler", ".resource-tracker", ".admin", ".webapp")) {
            clients.put("yarn.resourcemanager" + role + ".address", HOST + ports.next());
        }
        this.root = root;
        metrics = URI.create("http://" + clients.get("yarn.resourcemanager.webapp.address") + "/ws/v1/cluster/metrics");
        ChaosDaemon.writeConf(hdfs.conf(), List.of("yarn-site.xml"), clients);
        Path manager = root.resolve("resource-manager");
        Map<String, String> managerSettings = new LinkedHashMap<>(clients);
        managerSettings.putAll(Map.of(
                "yarn.resourcemanager.recovery.enabled",
                "true",
                "yarn.resourcemanager.store.class",
                "org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore",
                "yarn.resourcemanager.fs.state-store.uri",
                manager.resolve("state").toUri().toString(),
                "yarn.resourcemanager.work-preserving-recovery.scheduling-wait-ms",
                "1000",
                "yarn.resourcemanager.nodemanagers.heartbeat-interval-ms",
                "200",
                "yarn.scheduler.maximum-allocation-mb",
                NODE_MEGABYTES,
                "yarn.scheduler.capacity.root.queues",
                "default",
                "yarn.scheduler.capacity.root.default.capacity",
                "100",
                "yarn.scheduler.capacity.maximum-am-resource-percent",
                "1.0"));
        resourceManager = new ChaosDaemon(
                "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager", manager, jars, FILES, managerSettings);
        Path node = root.resolve("node-manager");
        Map<String, String> nodeSettings = new LinkedHashMap<>(clients);
        nodeSettings.putAll(Map.of(
                "yarn.nodemanager.address",
                HOST + ports.next(),
                "yarn.nodemanager.localizer.address",
                HOST + ports.next(),
                "yarn.nodemanager.webapp.address",
                HOST + ports.next(),
                "yarn.nodemanager.hostname",
                "127.0.0.1",
                "yarn.nodemanager.local-dirs",
                node.resolve("local").toString(),
                "yarn.nodemanager.log-dirs",
                node.resolve("containers").toString(),
                "yarn.nodemanager.resource.memory-mb",
                NODE_MEGABYTES,
                "yarn.nodemanager.resource.cpu-vcores",
                NODE_CORES,
                "yarn.nodemanager.vmem-check-enabled",
                "false",
                "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage",
                "99.5"));
        nodeManager = new ChaosDaemon(
                "org.apache.hadoop.yarn.server.nodemanager.NodeManager", node, jars, FILES, nodeSettings);
    }

    /**
     * Starts it; when this returns it takes jobs.
     *
     * @param jars folder of the daemons' class path
     */
    static ChaosYarn start(Path root, String jars, ChaosPorts ports, ChaosHdfs hdfs) throws IOException {
        ChaosYarn yarn = new ChaosYarn(root.toAbsolutePath(), jars, ports, hdfs);
        try {
            yarn.startResourceManager();
            yarn.startNodeManager();
            yarn.awaitWhole();
            return yarn;
        } catch (IOException e) {
            yarn.close();
            throw e;
        }
    }

    /** Waits until it takes jobs. */
    void awaitWhole() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        IOException last = new IOException("it has no node");
        while (System.nanoTime() - deadline < 0) {
            try (InputStream in = metrics.toURL().openStream()) {
                if (ACTIVE_NODE
                        .matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .find()) {
                    return;
                }
            } catch (IOException e) {
                last = e;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new IOException("YARN does not come up: " + last.getMessage() + "; see " + root, last);
    }

    void startResourceManager() throws IOException {
        resourceManager.start();
    }

    void startNodeManager() throws IOException {
        nodeManager.start();
    }

    void killResourceManager() throws IOException {
        resourceManager.kill();
    }

    /** With the containers that it runs. */
    void killNodeManager() throws IOException {
        nodeManager.kill();
    }

    void suspendResourceManager() throws IOException {
        resourceManager.suspend();
    }

    void resumeResourceManager() throws IOException {
        resourceManager.resume();
    }

    /** Kills both, if they run. */
    @Override
    public void close() throws IOException {
        nodeManager.close();
        resourceManager.close();
    }
}
