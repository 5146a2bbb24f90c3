package io.decant.loadtest.chaos;

import io.decant.harness.BrokerProcess;
import io.decant.harness.DatabaseServer;
import io.decant.harness.MariaDbServer;
import io.decant.harness.PostgresServer;
import io.decant.harness.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Everything of a run: the server on its disk, what it reads from, what it delivers to, and who counts. */
final class ChaosWorld implements AutoCloseable {

    /** Of the sink. */
    static final String HDFS_FOLDER = "/chaos";
    /** Of large batches. */
    private static final String STAGING_FOLDER = "/chaos-staging";

    private static final int START_ATTEMPTS_MAX = 5;
    private static final int START_AGAIN_SECONDS = 2;
    /** Streams by their share of the rate. */
    private static final int SHARES = 8;

    final ChaosLedger apiLedger = new ChaosLedger("sink api (http)");
    final ChaosLedger extraLedger = new ChaosLedger("sink extra (http)");
    final ChaosLedger filesLedger = new ChaosLedger("sink files (file:)");
    final ChaosLedger hdfsLedger = new ChaosLedger("sink cluster (hdfs)");
    final PartLedger apiParts = new PartLedger(apiLedger);
    final PartLedger extraParts = new PartLedger(extraLedger);
    final ChaosDisk disk;
    final ServerClock clock;
    final MariaDbServer mariaDb;
    /** Null where this machine runs none; then so is its peer. */
    final PostgresServer postgres;

    final BrokerProcess kafka;
    final ChaosReceiver http;
    /** Null where there is none; then so are its peers. */
    final ChaosHdfs hdfs;
    /** The same. */
    final ChaosYarn yarn;

    final ChaosPeer mariaDbPeer;
    final ChaosPeer postgresPeer;
    final ChaosPeer broker;
    final ChaosPeer receiver;
    final ChaosPeer namenode;
    final ChaosPeer datanode;
    final ChaosPeer resourceManager;
    final ChaosPeer nodeManager;
    final ChaosServer server;
    final DeliveredFiles files;
    final List<DeliveredRows> tables;
    final PartitionSender kafkaSender;
    final List<ChaosSender> senders;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /**
     * Starts everything but server and senders.
     *
     * @throws DatabaseServer.UnavailableException where this machine runs no MariaDB
     */
    ChaosWorld(ChaosOptions options, ChaosLog log) throws Exception {
        try {
            Random random = new Random(options.seed());
            ChaosPorts ports = new ChaosPorts();
            Path work = options.work();
            mariaDb = opened(MariaDbServer.create(ports.next()));
            String source = mariaDb.createDatabase("source", TableSender.SCHEMA);
            List<DeliveredRows> rows = new ArrayList<>(
                    List.of(new DeliveredRows("rows", mariaDb.createDatabase("sink", DeliveredRows.SCHEMA))));
            postgres = postgres(ports.next(), log);
            if (postgres != null) {
                rows.add(new DeliveredRows("history", postgres.createDatabase("sink", DeliveredRows.SCHEMA)));
            }
            tables = List.copyOf(rows);
            kafka = opened(BrokerProcess.start(options.brokerJars(), work.resolve("broker"), Map.of()));
            kafka.createTopic(PartitionSender.TOPIC, PartitionSender.PARTITIONS);
            int receiverPort = ports.next();
            http = opened(new ChaosReceiver(receiverPort, random)
                    .with("api", apiParts)
                    .with("extra", extraParts));
            http.start();
            disk = opened(ChaosDisk.make(
                    options.disk(),
                    work.resolve("disk"),
                    List.of("bash", options.diskScript().toString()),
                    options.harness(),
                    options.filesystem(),
                    options.megabytes()));
            clock = new ServerClock(options.clockLibrary(), work.resolve("clock"));
            mariaDbPeer = peer("MariaDB", mariaDb);
            postgresPeer = postgres == null ? null : peer("PostgreSQL", postgres);
            broker = new ChaosPeer(
                    "the broker",
                    () -> Signals.suspend(kafka.handle()),
                    () -> Signals.resume(kafka.handle()),
                    () -> retried(kafka::start));
            receiver = new ChaosPeer("the receiver", http::suspend, http::resume, () -> retried(http::start));
            hdfs = options.hadoopJars().isPresent()
                    ? opened(ChaosHdfs.start(
                            work.resolve("hdfs"), options.hadoopJars().get().toString(), ports))
                    : null;
            namenode = hdfs == null
                    ? null
                    : new ChaosPeer("the namenode", hdfs::suspendNamenode, hdfs::resumeNamenode, hdfs::startNamenode);
            // It is never suspended.
            datanode = hdfs == null ? null : new ChaosPeer("the datanode", () -> {}, () -> {}, hdfs::startDatanode);
            yarn = hdfs != null && options.hasYarn()
                    ? opened(ChaosYarn.start(
                            work.resolve("yarn"), options.hadoopJars().get().toString(), ports, hdfs))
                    : null;
            resourceManager = yarn == null
                    ? null
                    : new ChaosPeer(
                            "the resource manager",
                            yarn::suspendResourceManager,
                            yarn::resumeResourceManager,
                            yarn::startResourceManager);
            // It is never suspended.
            nodeManager =
                    yarn == null ? null : new ChaosPeer("the node manager", () -> {}, () -> {}, yarn::startNodeManager);
            int tcpPort = ports.next();
            int httpPort = ports.next();
            ChaosSettings.Places places = new ChaosSettings.Places(
                    disk.root().toString(),
                    tcpPort,
                    httpPort,
                    receiverPort,
                    kafka.address(),
                    mariaDb.address(),
                    postgres == null ? "" : postgres.address(),
                    hdfs == null ? "" : hdfs.uri() + HDFS_FOLDER,
                    hdfs == null ? "" : hdfs.conf().toString(),
                    yarn == null ? "" : hdfs.uri() + STAGING_FOLDER);
            Path logs = Files.createDirectories(work.resolve("server"));
            server = opened(new ChaosServer(
                    options.earlier().orElse(options.distribution()),
                    logs,
                    places,
                    clock,
                    ChaosSettings.first(options.earlier().isPresent())));
            files = new DeliveredFiles(disk.root().resolve("files"), filesLedger);
            int share = Math.max(1, options.rate() / SHARES);
            kafkaSender = new PartitionSender(kafka.address(), 2 * share);
            senders = List.of(
                    new TcpSender("tcp-0", tcpPort, share),
                    new TcpSender("tcp-1", tcpPort, share),
                    new HttpSender("http-key", httpPort, HttpSender.Way.KEY, share),
                    new HttpSender("http-session", httpPort, HttpSender.Way.SESSION, share),
                    kafkaSender,
                    new TableSender(source, 2 * share));
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private static ChaosPeer peer(String name, DatabaseServer database) {
        return new ChaosPeer(
                name,
                () -> Signals.suspend(database.processes()),
                () -> Signals.resume(database.processes()),
                () -> retried(database::start));
    }

    private PostgresServer postgres(int port, ChaosLog log) throws IOException, InterruptedException {
        try {
            return opened(PostgresServer.create(port));
        } catch (DatabaseServer.UnavailableException e) {
            log.say("without PostgreSQL: " + e.getMessage());
            return null;
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    /** A port may be in use for a moment, by a connection of somebody's. */
    private static void retried(ChaosPeer.Step start) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                start.run();
                return;
            } catch (IOException e) {
                if (attempt == START_ATTEMPTS_MAX) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(START_AGAIN_SECONDS));
            }
        }
    }

    /** Records of each stream that were sent so far. */
    Map<String, Long> sent() {
        Map<String, Long> all = new TreeMap<>();
        senders.forEach(sender -> all.putAll(sender.sent()));
        return all;
    }

    /** The same, of all streams together. */
    long sentTotal() {
        return sent().values().stream().mapToLong(count -> count).sum();
    }

    /** Records that are acknowledged. */
    long acknowledged() {
        return senders.stream().mapToLong(ChaosSender::acknowledged).sum();
    }

    /** Ends everything, the last that was started first. Whatever has ended, nothing happens. */
    @Override
    public synchronized void close() throws IOException {
        if (senders != null) {
            senders.forEach(ChaosSender::abandon);
        }
        IOException failure = null;
        for (AutoCloseable part : open) {
            try {
                part.close();
            } catch (Exception e) {
                failure = failure == null ? new IOException("could not end everything: " + e, e) : failure;
            }
        }
        open.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
