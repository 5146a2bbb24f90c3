package io.decant.loadtest.chaos;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    private static final String HOST = "127.0.0.1:";
    private static final int HEAP_MEGABYTES = 256;
    private static final int FORMAT_SECONDS_MAX = 120;
    private static final int START_SECONDS_MAX = 180;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Its own class path: what the daemons want is not what the server has. */
    private final String jars;

    private final Path root;
    private final Path conf;
    private final URI uri;
    private final Part namenode;
    private final Part datanode;

    /** One of the two. */
    private final class Part {
        private final String mainClass;
        private final Path folder;
        private Process process;

        private Part(String name, String mainClass, Map<String, String> own) throws IOException {
            this.mainClass = mainClass;
            this.folder = root.resolve(name);
            writeConf(folder.resolve("conf"), own);
        }

        private void start(String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-Xmx" + HEAP_MEGABYTES + "m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Djava.net.preferIPv4Stack=true",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "-cp",
                    folder.resolve("conf") + ":" + jars + "/*",
                    mainClass));
            command.addAll(List.of(arguments));
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
        }

        private void kill() throws IOException {
            process.destroyForcibly();
            awaitEnd();
        }

        private void awaitEnd() throws IOException {
            try {
                if (!process.waitFor(FORMAT_SECONDS_MAX, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IOException(mainClass + " does not end, see " + folder.resolve("log"));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while " + mainClass + " ended", e);
            }
        }
    }

    private ChaosHdfs(Path root, String jars, ChaosPorts ports) throws IOException {
        this.root = root.toAbsolutePath();
        this.jars = jars;
        this.uri = URI.create("hdfs://" + HOST + ports.next());
        this.conf = this.root.resolve("conf");
        writeConf(conf, Map.of());
        namenode = new Part(
                "namenode",
                "org.apache.hadoop.hdfs.server.namenode.NameNode",
                Map.of(
                        "dfs.namenode.name.dir",
                        this.root.resolve("namenode/name").toUri().toString(),
                        "dfs.namenode.http-address",
                        HOST + ports.next(),
                        "dfs.namenode.safemode.extension",
                        "0",
                        "dfs.namenode.heartbeat.recheck-interval",
                        "500",
                        "dfs.namenode.datanode.registration.ip-hostname-check",
                        "false"));
        datanode = new Part(
                "datanode",
                "org.apache.hadoop.hdfs.server.datanode.DataNode",
                Map.of(
                        "dfs.datanode.data.dir",
                        this.root.resolve("datanode/data").toUri().toString(),
                        "dfs.datanode.address",
                        HOST + ports.next(),
                        "dfs.datanode.ipc.address",
                        HOST + ports.next(),
                        "dfs.datanode.http.address",
                        HOST + ports.next()));
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

    /** The daemons read what is theirs from whichever file. */
    private void writeConf(Path folder, Map<String, String> own) throws IOException {
        // The pages of the daemons are not in their jar. They start with none.
        Files.createDirectories(folder.resolve("webapps/hdfs"));
        Files.createDirectories(folder.resolve("webapps/datanode"));
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
        StringBuilder xml = new StringBuilder("<configuration>\n");
        all.forEach((key, value) ->
                xml.append("  <property><name>" + key + "</name><value>" + value + "</value></property>\n"));
        xml.append("</configuration>\n");
        for (String file : List.of("core-site.xml", "hdfs-site.xml")) {
            Files.writeString(folder.resolve(file), xml, StandardCharsets.UTF_8);
        }
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
        Signals.suspend(namenode.process.toHandle());
    }

    void resumeNamenode() throws IOException {
        Signals.resume(namenode.process.toHandle());
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration();
        for (String file : List.of("core-site.xml", "hdfs-site.xml")) {
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
        for (Part part : List.of(datanode, namenode)) {
            if (part.process != null && part.process.isAlive()) {
                part.kill();
            }
        }
    }
}
