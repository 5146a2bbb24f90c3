package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A real one, over Kafka's own clients. For one thread. */
final class KafkaCluster implements Cluster {

    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

    private final String source;
    private final KafkaSourceSettings settings;
    private final Admin admin;

    /** @throws org.apache.kafka.common.KafkaException where the properties do not do, or no host is known */
    KafkaCluster(String source, KafkaSourceSettings settings) {
        this.source = source;
        this.settings = settings;
        this.admin = Admin.create(ClientConfig.admin(source, settings));
    }

    @Override
    public Consumer<ByteBuffer, ByteBuffer> newConsumer(Runnable metadataCame) {
        // One of the two tells it: a consumer tells each.
        return new KafkaConsumer<>(
                ClientConfig.consumer(source, settings),
                new BufferDeserializer(metadataCame),
                new BufferDeserializer(() -> {}));
    }

    @Override
    public CompletableFuture<Map<String, Topic>> look(Collection<String> topics) {
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(topics).topicNameValues();
        CompletableFuture<?>[] answers = asked.values().stream()
                .map(answer -> answer.toCompletionStage().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        // Each is looked at below, also where another has failed.
        return CompletableFuture.allOf(answers).handle((all, failure) -> known(asked));
    }

    private static Map<String, Topic> known(Map<String, KafkaFuture<TopicDescription>> answers) {
        Map<String, Topic> known = new HashMap<>();
        answers.forEach((name, answer) -> {
            try {
                TopicDescription topic = answer.get();
                known.put(
                        name,
                        new Topic(uuid(topic.topicId()), topic.partitions().size()));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("waits for what is there", e);
            }
        });
        return known;
    }

    private static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    @Override
    public void close() {
        admin.close(CLOSE_MAX);
    }
}
