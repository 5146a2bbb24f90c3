package io.decant.loadtest.chaos;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;

/**
 * A real HDFS of a namenode and one datanode, each a process that can be suspended, killed and started again on the
 * same port and data. Used by one thread, but for starts.
 */
final class ChaosHdfs implements AutoCloseable {

    private static final List<String> FILES = List.of("core-site.xml", "hdfs-site.xml");
    private static final String HOST = "127.0.0.1:";
    private static final int START_SECONDS_MAX = 180;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Path root;
    private final Path conf;
    private final URI uri;
    private final ChaosDaemon namenode;
    private final ChaosDaemon datanode;

    private ChaosHdfs(Path root, String jars, ChaosPorts ports) throws IOException {
        this.root = root.toAbsolutePath();
        this.uri = URI.create("hdfs://" + HOST + ports.next());
        this.conf = this.root.resolve("conf");
        ChaosDaemon.writeConf(conf, FILES, settings(Map.of()));
        namenode = new ChaosDaemon(
                "org.apache.hadoop.hdfs.server.namenode.NameNode",
                this.root.resolve("namenode"),
                jars,
                FILES,
                settings(Map.of(
                        "dfs.namenode.name.dir",
                        this.root.resolve("namenode/name").toUri().toString(),
                        "dfs.namenode.http-address",
                        HOST + ports.next(),
                        "dfs.namenode.safemode.extension",
                        "0",
                        "dfs.namenode.heartbeat.recheck-interval",
                        "500",
                        "dfs.namenode.datanode.registration.ip-hostname-check",
                        "false")));
        datanode = new ChaosDaemon(
                "org.apache.hadoop.hdfs.server.datanode.DataNode",
                this.root.resolve("datanode"),
                jars,
                FILES,
                settings(Map.of(
                        "dfs.datanode.data.dir",
                        this.root.resolve("datanode/data").toUri().toString(),
                        "dfs.datanode.address",
                        HOST + ports.next(),
                        "dfs.datanode.ipc.address",
                        HOST + ports.next(),
                        "dfs.datanode.http.address",
                        HOST + ports.next())));
    }

    /**
     * Starts it, empty; when this returns it takes writes.
     *
     * @param jars folder of the daemons' class path
     */
    static ChaosHdfs start(Path root, String jars, ChaosPorts ports) throws IOException {
        ChaosHdfs hdfs = new ChaosHdfs(root, jars, ports);
        try {
            hdfs.namenode.start("-format", "-nonInteractive");
            hdfs.namenode.awaitEnd();
            hdfs.startNamenode();
            hdfs.startDatanode();
            hdfs.awaitWhole();
            return hdfs;
        } catch (IOException e) {
            hdfs.close();
            throw e;
        }
    }

    /** What clients and daemons have, and the settings of one of them. */
    private Map<String, String> settings(Map<String, String> own) {
        Map<String, String> all = new LinkedHashMap<>(Map.of(
                "fs.defaultFS",
                uri.toString(),
                "hadoop.tmp.dir",
                root.resolve("tmp").toString(),
                "dfs.replication",
                "1",
                "dfs.heartbeat.interval",
                "300ms",
                "ipc.client.connect.retry.interval",
                "200"));
        all.putAll(own);
        return all;
    }

    /** The folder that clients name as {@code hadoop-conf}. */
    Path conf() {
        return conf;
    }

    URI uri() {
        return uri;
    }

    void startNamenode() throws IOException {
        namenode.start();
    }

    void startDatanode() throws IOException {
        datanode.start();
    }

    void killNamenode() throws IOException {
        namenode.kill();
    }

    void killDatanode() throws IOException {
        datanode.kill();
    }

    void suspendNamenode() throws IOException {
        namenode.suspend();
    }

    void resumeNamenode() throws IOException {
        namenode.resume();
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration();
        for (String file : FILES) {
            configuration.addResource(
                    new org.apache.hadoop.fs.Path(conf.resolve(file).toUri()));
        }
        return configuration;
    }

    /** Waits until it takes writes. */
    void awaitWhole() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        IOException last = new IOException("it has no datanode, or is in safe mode");
        while (System.nanoTime() - deadline < 0) {
            try (FileSystem files = FileSystem.newInstance(uri, configuration())) {
                DistributedFileSystem hdfs = (DistributedFileSystem) files;
                if (hdfs.getDataNodeStats(DatanodeReportType.LIVE).length > 0
                        && !hdfs.setSafeMode(SafeModeAction.GET)) {
                    return;
                }
            } catch (IOException e) {
                last = e;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new IOException("HDFS does not come up: " + last.getMessage() + "; see " + root, last);
    }

    /** How many batches a sink has delivered below a folder. */
    long batches(String folder) throws IOException {
        try (FileSystem files = FileSystem.newInstance(uri, configuration())) {
            FileStatus[] found =
                    files.globStatus(new org.apache.hadoop.fs.Path(folder + "/server=*/date=*/hour=*/batch-*"));
            return found == null ? 0 : found.length;
        }
    }

    /** Copies a folder of it to the machine's own disk; nothing where it is not there. */
    void copy(String folder, Path local) throws IOException {
        try (FileSystem files = FileSystem.newInstance(uri, configuration())) {
            org.apache.hadoop.fs.Path from = new org.apache.hadoop.fs.Path(folder);
            if (files.exists(from)) {
                files.copyToLocalFile(false, from, new org.apache.hadoop.fs.Path(local.toUri()), true);
            }
        }
    }

    /** Kills both, if they run. */
    @Override
    public void close() throws IOException {
        datanode.close();
        namenode.close();
    }
}
