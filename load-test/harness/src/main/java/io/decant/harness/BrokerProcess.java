package io.decant.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A real Kafka broker, controller and all, in a process of its own with a class path of its own. It can be stopped,
 * killed and started again; its address and its data stay. Ends with the process that started it. For one thread.
 */
public final class BrokerProcess implements AutoCloseable {

    private static final String MAIN = "io.decant.kafka.BrokerMain";
    private static final String STARTED = "started";
    private static final String LOOPBACK = "127.0.0.1";
    private static final int ATTEMPTS_MAX = 3;
    private static final int LOG_CHARS_SHOWN = 2_000;
    private static final int STOP_SECONDS_MAX = 30;
    private static final int ANSWER_SECONDS_MAX = 30;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Path jars;
    private final Path folder;
    /** Of a broker that shall start quickly. */
    private static final List<String> QUICK = List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final int port;
    private final List<String> jvm;
    private Process process;

    private BrokerProcess(Path jars, Path folder, int port, List<String> jvm) {
        this.jars = jars;
        this.folder = folder;
        this.port = port;
        this.jvm = jvm;
    }

    /**
     * Starts one; when this returns it serves.
     *
     * @param jars the folder with its class path
     * @param folder for its data and its log; made where it is not there
     * @param more properties of Kafka's that go over those of a broker alone on its machine
     * @throws IOException where it does not start, three times
     */
    public static BrokerProcess start(Path jars, Path folder, Map<String, String> more) throws IOException {
        return start(jars, folder, more, QUICK);
    }

    /**
     * The same.
     *
     * @param jvm options of its JVM: heap, collector, compilers
     */
    public static BrokerProcess start(Path jars, Path folder, Map<String, String> more, List<String> jvm)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return startAtFreePorts(jars, folder, more, jvm);
            } catch (IOException e) {
                // A port is free until somebody takes it, be it for a connection of his own.
                if (attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static BrokerProcess startAtFreePorts(Path jars, Path folder, Map<String, String> more, List<String> jvm)
            throws IOException {
        int port;
        int controllerPort;
        // Both at once, so that they are two.
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = one.getLocalPort();
            controllerPort = other.getLocalPort();
        }
        Files.createDirectories(folder);
        Map<String, String> all = new HashMap<>(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@" + LOOPBACK + ":" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "CLIENT"),
                Map.entry(
                        "listeners",
                        "CLIENT://" + LOOPBACK + ":" + port + ",CONTROLLER://" + LOOPBACK + ":" + controllerPort),
                Map.entry("log.dirs", folder.resolve("data").toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // A restarted broker waits until its former registration has expired.
                Map.entry("broker.session.timeout.ms", "3000"),
                Map.entry("broker.heartbeat.interval.ms", "500"),
                Map.entry("num.network.threads", "2"),
                Map.entry("num.io.threads", "2")));
        all.putAll(more);
        Properties properties = new Properties();
        properties.putAll(all);
        try (OutputStream file = Files.newOutputStream(folder.resolve("broker.properties"))) {
            properties.store(file, null);
        }
        BrokerProcess broker = new BrokerProcess(jars, folder, port, jvm);
        broker.start();
        return broker;
    }

    /** {@code host:port}. */
    public String address() {
        return LOOPBACK + ":" + port;
    }

    /**
     * Starts it again, after {@link #stop} or {@link #kill}.
     *
     * @throws IOException where it does not start
     */
    public void start() throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(jvm);
        command.addAll(List.of(
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                jars + "/*",
                MAIN,
                folder.resolve("broker.properties").toString()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        BufferedReader says =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = says.readLine(); !STARTED.equals(line); line = says.readLine()) {
            if (line == null) {
                throw new IOException("the broker did not start: " + endOfLog());
            }
        }
    }

    private String endOfLog() throws IOException {
        String text = Files.readString(log(), StandardCharsets.UTF_8);
        return text.substring(Math.max(0, text.length() - LOG_CHARS_SHOWN));
    }

    private Path log() {
        return folder.resolve("broker.log");
    }

    /**
     * Makes a topic, and waits until each of its partitions is served: of a producer that comes sooner, the first batch
     * may be refused and those behind it taken, and then the broker takes the first no more.
     *
     * @throws IOException where the broker does not let us
     */
    public void createTopic(String topic, int partitions) throws IOException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
            Map<TopicPartition, OffsetSpec> all = new HashMap<>();
            for (int i = 0; i < partitions; i++) {
                all.put(new TopicPartition(topic, i), OffsetSpec.latest());
            }
            long since = System.nanoTime();
            while (!areServed(all, admin)) {
                if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(ANSWER_SECONDS_MAX)) {
                    throw new IOException("the broker does not serve the topic " + topic + " that it made");
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the broker made a topic", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the broker makes no topic: " + e, e);
        }
    }

    private static boolean areServed(Map<TopicPartition, OffsetSpec> partitions, Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            admin.listOffsets(partitions).all().get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    /** Of its process. */
    public long pid() {
        return process.pid();
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /** The process, to be suspended and resumed. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Ends it in an orderly way. */
    public void stop() throws IOException {
        process.getOutputStream().close();
        awaitEnd();
    }

    /** {@code kill -9}. */
    public void kill() throws IOException {
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() throws IOException {
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the broker did not end within " + STOP_SECONDS_MAX + " s, see " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the broker ended", e);
        }
    }

    /** Kills it, if it runs: its data is no longer needed. */
    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            kill();
        }
    }
}
