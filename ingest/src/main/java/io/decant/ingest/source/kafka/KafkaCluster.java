package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A real one, over Kafka's own clients. For one thread. */
final class KafkaCluster implements Cluster {

    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

    private final String source;
    private final KafkaSourceSettings settings;
    private final FrameGuard guard;
    private final StoreReport stores;
    private final UnpackBudget budget = UnpackBudget.ofHeap();
    private final Admin admin;

    /** @throws org.apache.kafka.common.KafkaException where the properties do not do, or no host is known */
    KafkaCluster(String source, KafkaSourceSettings settings) {
        this(source, settings, false, StoreReport.none());
    }

    /**
     * The same.
     *
     * @param isWary whether what is read first may be what ended the server before
     * @param stores told of the key stores of its clients
     */
    KafkaCluster(String source, KafkaSourceSettings settings, boolean isWary, StoreReport stores) {
        this.stores = stores;
        this.source = source;
        this.settings = settings;
        this.guard =
                FrameGuard.ofHeap(settings.maxRecord().bytes(), ClientConfig.pollRecordsMax(source, settings), isWary);
        this.admin = Admin.create(guarded(ClientConfig.admin(source, settings)));
    }

    private Map<String, Object> guarded(Map<String, Object> config) {
        GuardedEngineFactory.install(config, guard, stores);
        return config;
    }

    @Override
    public Consumer<ByteBuffer, ByteBuffer> newConsumer(Runnable metadataCame) {
        // One of the two tells it: a consumer tells each.
        return new KafkaConsumer<>(
                guarded(ClientConfig.consumer(source, settings)),
                new BufferDeserializer(metadataCame, budget),
                new BufferDeserializer(() -> {}, budget));
    }

    @Override
    public void beforePoll() {
        budget.renew();
    }

    @Override
    public CompletableFuture<Map<String, Topic>> look(Collection<String> topics) {
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(topics).topicNameValues();
        // Each is looked at, also where another has failed.
        return all(asked.values()).handle((all, failure) -> known(asked));
    }

    private static CompletableFuture<Void> all(Collection<? extends KafkaFuture<?>> answers) {
        return CompletableFuture.allOf(answers.stream()
                .map(answer -> answer.toCompletionStage().toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    private static Map<String, Topic> known(Map<String, KafkaFuture<TopicDescription>> answers) {
        Map<String, Topic> known = new HashMap<>();
        answers.forEach((name, answer) -> {
            try {
                known.put(name, topic(answer.get()));
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    known.put(name, Topic.refused());
                } else if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("waits for what is there", e);
            }
        });
        return known;
    }

    private static Topic topic(TopicDescription topic) {
        List<String> leaders = topic.partitions().stream()
                .map(TopicPartitionInfo::leader)
                .map(KafkaCluster::name)
                .toList();
        return new Topic(uuid(topic.topicId()), leaders, false);
    }

    private static String name(Node leader) {
        return leader == null || leader.isEmpty()
                ? ""
                : FrameGuard.text(InetSocketAddress.createUnresolved(leader.host(), leader.port()));
    }

    private static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Collection<TopicPartition> partitions) {
        // Without an isolation level of their own these are the ends of everything, not of what is committed.
        ListOffsetsResult asked = admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest())));
        Map<TopicPartition, KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo>> answers =
                partitions.stream().collect(Collectors.toMap(Function.identity(), asked::partitionResult));
        return all(answers.values()).handle((all, failure) -> {
            Map<TopicPartition, Long> ends = new HashMap<>();
            answers.forEach((partition, answer) -> {
                if (!answer.isCompletedExceptionally()) {
                    ends.put(
                            partition,
                            answer.toCompletionStage()
                                    .toCompletableFuture()
                                    .join()
                                    .offset());
                }
            });
            return ends;
        });
    }

    @Override
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group) {
        return admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .toCompletionStage()
                .toCompletableFuture();
    }

    @Override
    public long takeLargestAnswer() {
        return guard.takeLargest();
    }

    @Override
    public Map<String, Long> takeTooLargeAnswers() {
        return guard.takeTooLarge();
    }

    @Override
    public List<OversizedBatch> oversized(TopicPartition partition, UUID topicId) {
        List<OversizedBatch> byId = guard.refused(topicId.toString(), partition.partition());
        return byId.isEmpty() ? guard.refused(partition.topic(), partition.partition()) : byId;
    }

    @Override
    public long believedFrom(TopicPartition partition, UUID topicId) {
        return Math.min(
                guard.believedFrom(topicId.toString(), partition.partition()),
                guard.believedFrom(partition.topic(), partition.partition()));
    }

    @Override
    public long silentNanos(String broker) {
        return guard.silentNanos(broker);
    }

    @Override
    public CompletableFuture<String> reach(String broker) {
        int colon = broker.lastIndexOf(':');
        String host = broker.substring(0, colon).replaceAll("^\\[|\\]$", "");
        InetSocketAddress address =
                InetSocketAddress.createUnresolved(host, Integer.parseInt(broker.substring(colon + 1)));
        return CompletableFuture.supplyAsync(() -> FrameGuard.fault(address));
    }

    @Override
    public String diagnosis() {
        return guard.diagnosis();
    }

    @Override
    public void close() {
        admin.close(CLOSE_MAX);
    }
}
