package io.decant.cluster;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.DatanodeInfo;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * A real HDFS and YARN on this machine: a namenode, three datanodes, a resource manager and two node managers, each a
 * process of its own on ports of its own. Each can be stopped, killed and started again by itself; the namenode and the
 * resource manager then find what they knew. All end with {@link #close}, or with this JVM.
 *
 * <p>For one thread. Starting takes some ten seconds, so tests share one; see {@link SharedCluster}.
 */
public final class HadoopCluster implements AutoCloseable {

    static final int DATANODES = 3;
    static final int NODE_MANAGERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Set<YarnApplicationState> UNFINISHED = EnumSet.complementOf(
            EnumSet.of(YarnApplicationState.FINISHED, YarnApplicationState.FAILED, YarnApplicationState.KILLED));

    private final URI uri;
    private final Path conf;
    private final Daemon namenode;
    private final List<Daemon> datanodes = new ArrayList<>();
    private final Daemon resourceManager;
    private final List<Daemon> nodeManagers = new ArrayList<>();
    private DistributedFileSystem fileSystem;
    private YarnClient yarn;

    private HadoopCluster(Path root) throws IOException {
        ClusterLayout layout = new ClusterLayout(root);
        uri = URI.create(layout.fileSystem());
        conf = layout.writeClients();
        namenode = layout.namenode();
        for (int number = 0; number < DATANODES; number++) {
            datanodes.add(layout.datanode(number));
        }
        resourceManager = layout.resourceManager();
        for (int number = 0; number < NODE_MANAGERS; number++) {
            nodeManagers.add(layout.nodeManager(number));
        }
    }

    /**
     * Starts HDFS and YARN on an empty disk, and returns when all nodes take part.
     *
     * @param root what is there from an earlier cluster is removed; logs stay there for whoever wonders
     */
    public static HadoopCluster start(Path root) throws IOException {
        removeTree(root);
        HadoopCluster cluster = new HadoopCluster(root.toAbsolutePath());
        try {
            cluster.namenode.start(List.of("-format", "-nonInteractive"));
            // Until the namenode is there, its nodes try again.
            for (Daemon daemon : cluster.daemons()) {
                daemon.start();
            }
            cluster.namenode.awaitEnd();
            cluster.namenode.start();
            cluster.awaitWhole();
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    /** The folder of {@code core-site.xml} and its like, absolute: a client's {@code hadoop-conf}. */
    public Path hadoopConf() {
        return conf;
    }

    /** Of the namenode: {@code hdfs://127.0.0.1:port}. */
    public URI uri() {
        return uri;
    }

    /** A client's configuration, to be changed at will. */
    public Configuration configuration() {
        Configuration configuration = new Configuration();
        for (String file : List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml")) {
            configuration.addResource(
                    new org.apache.hadoop.fs.Path(conf.resolve(file).toUri()));
        }
        return configuration;
    }

    /** A client of the namenode, the cluster's own: not to be closed. */
    public DistributedFileSystem fileSystem() {
        if (fileSystem == null) {
            try {
                fileSystem = (DistributedFileSystem) FileSystem.newInstance(uri, configuration());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return fileSystem;
    }

    /** A client of the resource manager, the cluster's own: not to be closed. */
    public YarnClient yarn() {
        if (yarn == null) {
            yarn = YarnClient.createYarnClient();
            yarn.init(configuration());
            yarn.start();
        }
        return yarn;
    }

    public Daemon namenode() {
        return namenode;
    }

    /** @param number from 0 to 2 */
    public Daemon datanode(int number) {
        return datanodes.get(number);
    }

    public Daemon resourceManager() {
        return resourceManager;
    }

    /** @param number 0 or 1 */
    public Daemon nodeManager(int number) {
        return nodeManagers.get(number);
    }

    /** All processes, the namenode first. */
    public List<Daemon> daemons() {
        List<Daemon> all = new ArrayList<>();
        all.add(namenode);
        all.addAll(datanodes);
        all.add(resourceManager);
        all.addAll(nodeManagers);
        return all;
    }

    /** Has the namenode refuse writes until {@link #leaveSafeMode}. */
    public void enterSafeMode() throws IOException {
        fileSystem().setSafeMode(SafeModeAction.ENTER);
    }

    public void leaveSafeMode() throws IOException {
        fileSystem().setSafeMode(SafeModeAction.LEAVE);
    }

    /** Applications with this tag that have not ended, those that still wait for room included. */
    public List<ApplicationReport> unfinishedApplications(String tag) throws IOException {
        GetApplicationsRequest request = GetApplicationsRequest.newInstance();
        request.setApplicationTags(Set.of(tag));
        request.setApplicationStates(EnumSet.copyOf(UNFINISHED));
        return applications(request);
    }

    /** Applications that have not ended, whoever's. */
    public List<ApplicationReport> unfinishedApplications() throws IOException {
        return applications(GetApplicationsRequest.newInstance(EnumSet.copyOf(UNFINISHED)));
    }

    private List<ApplicationReport> applications(GetApplicationsRequest request) throws IOException {
        try {
            return yarn().getApplications(request);
        } catch (YarnException e) {
            throw new IOException(e);
        }
    }

    /**
     * Has somebody else's application, which does nothing, take nearly all memory of one node.
     *
     * @return by which to end it
     */
    public ApplicationId occupyNode() throws IOException {
        try {
            ApplicationSubmissionContext application =
                    yarn().createApplication().getApplicationSubmissionContext();
            application.setApplicationName("idler");
            application.setMaxAppAttempts(1);
            application.setResource(Resource.newInstance(ClusterLayout.NODE_MEMORY_MEGABYTES - 128L, 1));
            application.setAMContainerSpec(ContainerLaunchContext.newInstance(
                    Map.of(), Map.of(), List.of("exec sleep 600"), null, null, null));
            return yarn().submitApplication(application);
        } catch (YarnException e) {
            throw new IOException(e);
        }
    }

    /** Ends an application, as an administrator would. */
    public void end(ApplicationId application) throws IOException {
        try {
            yarn().killApplication(application);
        } catch (YarnException e) {
            throw new IOException(e);
        }
    }

    /**
     * Starts what does not run, and waits until every node takes part and HDFS takes writes: a clean slate for the next
     * test.
     */
    public void mend() throws IOException {
        for (Daemon daemon : daemons()) {
            daemon.start();
        }
        Await.until("the namenode answers", PATIENCE, () -> {
            leaveSafeMode();
            return true;
        });
        awaitWhole();
    }

    /** Waits until every node takes part, and HDFS takes writes. */
    public void awaitWhole() throws IOException {
        Await.until("the cluster is whole", PATIENCE, () -> {
            for (Daemon daemon : daemons()) {
                if (!daemon.isAlive()) {
                    throw new AssertionError("the " + daemon.name() + " has ended:\n" + daemon.lastLines());
                }
            }
            return liveDatanodes() == DATANODES
                    && !fileSystem().setSafeMode(SafeModeAction.GET)
                    && runningNodes() == NODE_MANAGERS;
        });
    }

    /** How often datanodes have synced a file of a block or of its checksums, since they were started. */
    public long syncs() throws IOException {
        long syncs = 0;
        for (DatanodeInfo datanode : fileSystem().getDataNodeStats(DatanodeReportType.LIVE)) {
            URI beans = URI.create("http://127.0.0.1:" + datanode.getInfoPort()
                    + "/jmx?qry=Hadoop:service=DataNode,name=DataNodeActivity-*");
            try (InputStream in = beans.toURL().openStream()) {
                JsonArray found =
                        new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8)).getJsonArray("beans");
                syncs += found.getJsonObject(0).getLong("FsyncCount");
            }
        }
        return syncs;
    }

    /** Datanodes that the namenode has heard of lately. */
    public int liveDatanodes() throws IOException {
        return fileSystem().getDataNodeStats(DatanodeReportType.LIVE).length;
    }

    private int runningNodes() throws IOException {
        try {
            return yarn().getNodeReports(NodeState.RUNNING).size();
        } catch (YarnException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        // Node managers first: their containers go with them.
        for (int i = nodeManagers.size() - 1; i >= 0; i--) {
            nodeManagers.get(i).kill();
        }
        daemons().forEach(Daemon::kill);
        if (yarn != null) {
            yarn.stop();
        }
        if (fileSystem != null) {
            fileSystem.close();
        }
    }

    private static void removeTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
