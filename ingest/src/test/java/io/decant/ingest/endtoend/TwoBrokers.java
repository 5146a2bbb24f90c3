package io.decant.ingest.endtoend;

import io.decant.harness.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A cluster of two real brokers, of which the second can be killed and started again. The first has two more listeners,
 * which it advertises under a name that does not resolve and at a port where nobody listens.
 */
final class TwoBrokers implements AutoCloseable {

    static final String UNKNOWN_HOST = "kafka-1.internal.invalid:9092";

    private static final Path JARS = Path.of(System.getProperty("decant.kafka-broker"));
    private static final String LOOPBACK = "127.0.0.1:";
    private static final int ANSWER_SECONDS_MAX = 60;

    private final Path folder;
    private final int firstPort = Ports.next();
    private final int secondPort = Ports.next();
    private final int unknownHostPort = Ports.next();
    private final int unreachablePort = Ports.next();
    private final int closedPort = Ports.next();
    private final BrokerProcess first;
    private final BrokerProcess second;
    private final Admin admin;
    private int topics;

    TwoBrokers(Path folder) throws IOException {
        this.folder = folder;
        int controllerPort = Ports.next();
        Map<String, String> both = Map.of(
                "controller.quorum.voters", "1@" + LOOPBACK + controllerPort,
                "listener.security.protocol.map",
                        "CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT,NAMELESS:PLAINTEXT,CLOSED:PLAINTEXT",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found", "true",
                "group.min.session.timeout.ms", "1000",
                // So long a broker that was killed is still listed as a leader.
                "broker.session.timeout.ms", "9000");
        Map<String, String> ofFirst = new HashMap<>(both);
        ofFirst.put(
                "listeners",
                "CLIENT://" + LOOPBACK + firstPort + ",NAMELESS://" + LOOPBACK + unknownHostPort + ",CLOSED://"
                        + LOOPBACK + unreachablePort + ",CONTROLLER://" + LOOPBACK + controllerPort);
        ofFirst.put(
                "advertised.listeners",
                "CLIENT://" + LOOPBACK + firstPort + ",NAMELESS://" + UNKNOWN_HOST + ",CLOSED://" + LOOPBACK
                        + closedPort);
        Map<String, String> ofSecond = new HashMap<>(both);
        ofSecond.put("process.roles", "broker");
        ofSecond.put("node.id", "2");
        ofSecond.put("listeners", "CLIENT://" + LOOPBACK + secondPort);
        this.first = BrokerProcess.start(JARS, folder.resolve("first"), ofFirst);
        this.admin = Admin.create(Map.of("bootstrap.servers", LOOPBACK + firstPort));
        haveCoordinatorsOnTheFirst();
        this.second = BrokerProcess.start(JARS, folder.resolve("second"), ofSecond);
    }

    /**
     * Topics for offsets and transactions are made where they are first asked for: on the only broker that there is.
     */
    private void haveCoordinatorsOnTheFirst() throws IOException {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "first"))) {
            producer.initTransactions();
            get(admin.alterConsumerGroupOffsets(
                            "first", Map.of(new TopicPartition("none", 0), new OffsetAndMetadata(0)))
                    .all());
        } catch (UnknownTopicOrPartitionException e) {
            // The coordinator has answered, which is all that is wanted of it.
            return;
        } catch (Exception e) {
            throw new IOException("the first broker coordinates nothing", e);
        }
    }

    /** Of the first, which is never killed. */
    String address() {
        return LOOPBACK + firstPort;
    }

    /** Where a broker answers that names a host which does not resolve. */
    String namelessAddress() {
        return LOOPBACK + unknownHostPort;
    }

    /** Where a broker answers that names a port at which nobody listens. */
    String closedAddress() {
        return LOOPBACK + unreachablePort;
    }

    /** What the broker at {@link #closedAddress} names. */
    String closedTarget() {
        return LOOPBACK + closedPort;
    }

    String secondAddress() {
        return LOOPBACK + secondPort;
    }

    /** The one that tests may kill; whoever does, starts it again. */
    BrokerProcess second() {
        return second;
    }

    /** A topic with a partition on each of these brokers, 1 or 2, and nowhere else. */
    String newTopic(int... brokers) throws Exception {
        String topic = "topic-" + ++topics;
        Map<Integer, List<Integer>> replicas = new HashMap<>();
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (int i = 0; i < brokers.length; i++) {
            replicas.put(i, List.of(brokers[i]));
            all.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        get(admin.createTopics(List.of(new NewTopic(topic, replicas))).all());
        long since = System.nanoTime();
        while (!areServed(all)) {
            if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(ANSWER_SECONDS_MAX)) {
                throw new AssertionError("the brokers do not serve " + topic);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return topic;
    }

    private boolean areServed(Map<TopicPartition, OffsetSpec> all) throws Exception {
        try {
            get(admin.listOffsets(all).all());
            return true;
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        }
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        return TestBroker.producer(address(), more);
    }

    /** Sends these, in order, and waits until the brokers have them; each is a batch of its own. */
    void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("linger.ms", 0))) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }

    /** Whether anybody may read the topic. */
    void permit(String topic, boolean isPermitted) throws Exception {
        AclBinding denial = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.ALL, AclPermissionType.DENY));
        if (isPermitted) {
            get(admin.deleteAcls(List.of(denial.toFilter())).all());
        } else {
            get(admin.createAcls(List.of(denial)).all());
        }
    }

    /** The offset that is committed; empty where none is. */
    Optional<OffsetAndMetadata> committed(String group, String topic, int partition) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return Optional.ofNullable(offsets.get(new TopicPartition(topic, partition)));
    }

    /** What a broker does with an offset that was not committed for days. */
    void expireOffset(String group, String topic, int partition) throws Exception {
        get(admin.deleteConsumerGroupOffsets(group, java.util.Set.of(new TopicPartition(topic, partition)))
                .all());
    }

    /** The segment of a partition on the first broker. */
    Path segment(String topic, int partition) throws IOException {
        Path found = folder.resolve("first/data/" + topic + "-" + partition + "/00000000000000000000.log");
        if (!Files.exists(found)) {
            throw new IOException("there is no " + found);
        }
        return found;
    }

    private static <T> T get(KafkaFuture<T> answer) throws Exception {
        try {
            return answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    public void close() throws IOException {
        admin.close(java.time.Duration.ofSeconds(1));
        first.close();
        second.close();
    }
}
