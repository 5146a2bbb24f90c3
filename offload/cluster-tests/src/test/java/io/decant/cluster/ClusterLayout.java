package io.decant.cluster;

import io.decant.ingest.endtoend.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Addresses, folders and configuration of a small cluster on this machine: what clients get, and what each daemon gets
 * over that. Times are set so that what takes minutes on a real cluster takes seconds here.
 */
final class ClusterLayout {

    /** The least that HDFS allows, so that a batch of a test is several staged files, and several blocks. */
    static final long BLOCK_BYTES = 1L << 20;

    static final int NODE_MEMORY_MEGABYTES = 3072;
    static final int NODE_VCORES = 3;

    private static final String HOST = "127.0.0.1:";

    /** Of one node: Spark runs no second attempt of a task on the host of the first. */
    private static final String OTHER_HOST = "127.0.0.2";

    private static final String NOWHERE = HOST + "0";

    private final Path root;
    private final String namenode = HOST + Ports.next();
    private final Map<String, String> core = new LinkedHashMap<>();
    private final Map<String, String> hdfs = new LinkedHashMap<>();
    private final Map<String, String> yarn = new LinkedHashMap<>();
    private final Map<String, String> scheduler = new LinkedHashMap<>();

    /** @param root of all that the cluster writes */
    ClusterLayout(Path root) {
        this.root = root;
        clients();
    }

    String fileSystem() {
        return "hdfs://" + namenode;
    }

    private void clients() {
        core.put("fs.defaultFS", fileSystem());
        core.put("hadoop.tmp.dir", root.resolve("tmp").toString());
        core.put("ipc.client.connect.retry.interval", "200");
        hdfs.put("dfs.replication", "2");
        hdfs.put("dfs.blocksize", Long.toString(BLOCK_BYTES));
        // A node is given up after ten of them and twice the namenode's interval of rechecks.
        hdfs.put("dfs.heartbeat.interval", "300ms");
        yarn.put("yarn.resourcemanager.connect.retry-interval.ms", "200");
        for (String role : new String[] {"", ".scheduler", ".resource-tracker", ".admin", ".webapp"}) {
            yarn.put("yarn.resourcemanager" + role + ".address", HOST + Ports.next());
        }
        yarn.put("yarn.scheduler.minimum-allocation-mb", "128");
        yarn.put("yarn.resourcemanager.hostname", "127.0.0.1");
        yarn.put("yarn.log-aggregation-enable", "false");
    }

    /** Writes what clients need, and returns its folder. */
    Path writeClients() throws IOException {
        Path conf = root.resolve("conf");
        write(conf, Map.of());
        return conf;
    }

    Daemon namenode() throws IOException {
        Path folder = root.resolve("namenode");
        Map<String, String> own = new LinkedHashMap<>();
        own.put("dfs.namenode.name.dir", folder.resolve("name").toUri().toString());
        own.put("dfs.namenode.http-address", NOWHERE);
        own.put("dfs.namenode.safemode.extension", "0");
        own.put("dfs.namenode.heartbeat.recheck-interval", "500");
        // The daemons are killed, but the machine's power stays on.
        own.put("dfs.namenode.edits.noeditlogchannelflush", "true");
        own.put("dfs.namenode.datanode.registration.ip-hostname-check", "false");
        own.put("dfs.namenode.handler.count", "4");
        write(folder.resolve("conf"), own);
        return new Daemon("namenode", "org.apache.hadoop.hdfs.server.namenode.NameNode", folder, 192);
    }

    Daemon datanode(int number) throws IOException {
        Path folder = root.resolve("datanode-" + number);
        Map<String, String> own = new LinkedHashMap<>();
        own.put("dfs.datanode.data.dir", folder.resolve("data").toUri().toString());
        own.put("dfs.datanode.address", HOST + Ports.next());
        own.put("dfs.datanode.ipc.address", HOST + Ports.next());
        own.put("dfs.datanode.http.address", NOWHERE);
        if (number == 1) {
            // Where tasks are near it; it is reached as the others are.
            own.put("dfs.datanode.hostname", OTHER_HOST);
        }
        own.put("dfs.datanode.handler.count", "3");
        write(folder.resolve("conf"), own);
        return new Daemon("datanode " + number, "org.apache.hadoop.hdfs.server.datanode.DataNode", folder, 96);
    }

    Daemon resourceManager() throws IOException {
        Path folder = root.resolve("resource-manager");
        Map<String, String> own = new LinkedHashMap<>();
        own.put("yarn.resourcemanager.recovery.enabled", "true");
        own.put(
                "yarn.resourcemanager.store.class",
                "org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore");
        own.put(
                "yarn.resourcemanager.fs.state-store.uri",
                folder.resolve("state").toUri().toString());
        own.put("yarn.resourcemanager.work-preserving-recovery.scheduling-wait-ms", "1000");
        own.put("yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", "200");
        own.put("yarn.nm.liveness-monitor.expiry-interval-ms", "10000");
        own.put("yarn.am.liveness-monitor.expiry-interval-ms", "60000");
        own.put("yarn.scheduler.maximum-allocation-mb", Integer.toString(NODE_MEMORY_MEGABYTES));
        scheduler.put("yarn.scheduler.capacity.root.queues", "default");
        scheduler.put("yarn.scheduler.capacity.root.default.capacity", "100");
        scheduler.put("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
        // Or cores would be counted by nobody.
        scheduler.put(
                "yarn.scheduler.capacity.resource-calculator",
                "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator");
        write(folder.resolve("conf"), own);
        return new Daemon(
                "resource manager", "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager", folder, 192);
    }

    Daemon nodeManager(int number) throws IOException {
        Path folder = root.resolve("node-manager-" + number);
        Map<String, String> own = new LinkedHashMap<>();
        String host = number == 1 ? OTHER_HOST : "127.0.0.1";
        own.put("yarn.nodemanager.address", host + ":" + Ports.next());
        own.put("yarn.nodemanager.localizer.address", HOST + Ports.next());
        own.put("yarn.nodemanager.webapp.address", NOWHERE);
        own.put("yarn.nodemanager.hostname", host);
        own.put("yarn.nodemanager.local-dirs", folder.resolve("local").toString());
        own.put("yarn.nodemanager.log-dirs", folder.resolve("containers").toString());
        own.put("yarn.nodemanager.resource.memory-mb", Integer.toString(NODE_MEMORY_MEGABYTES));
        own.put("yarn.nodemanager.resource.cpu-vcores", Integer.toString(NODE_VCORES));
        own.put("yarn.nodemanager.vmem-check-enabled", "false");
        own.put("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99.5");
        own.put("yarn.nodemanager.sleep-delay-before-sigkill.ms", "100");
        write(folder.resolve("conf"), own);
        return new Daemon(
                "node manager " + number, "org.apache.hadoop.yarn.server.nodemanager.NodeManager", folder, 128);
    }

    /** The daemons read what is theirs from whichever file; so what is one daemon's alone lies in all three. */
    private void write(Path conf, Map<String, String> own) throws IOException {
        // The pages of HDFS's daemons are not in its jar. They start with none.
        Files.createDirectories(conf.resolve("webapps/hdfs"));
        Files.createDirectories(conf.resolve("webapps/datanode"));
        write(conf.resolve("core-site.xml"), core, own);
        write(conf.resolve("hdfs-site.xml"), hdfs, own);
        write(conf.resolve("yarn-site.xml"), yarn, own);
        write(conf.resolve("capacity-scheduler.xml"), scheduler, Map.of());
        Files.writeString(conf.resolve("log4j.properties"), """
                log4j.rootLogger=INFO, console
                log4j.appender.console=org.apache.log4j.ConsoleAppender
                log4j.appender.console.layout=org.apache.log4j.PatternLayout
                log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{1}: %m%n
                """);
    }

    private static void write(Path file, Map<String, String> common, Map<String, String> own) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(common);
        all.putAll(own);
        StringBuilder xml = new StringBuilder("<configuration>\n");
        all.forEach((key, value) -> xml.append("  <property><name>")
                .append(key)
                .append("</name><value>")
                .append(value)
                .append("</value></property>\n"));
        Files.writeString(file, xml.append("</configuration>\n"));
    }
}
