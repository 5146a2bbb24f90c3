package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Opens a cluster at its first use, again and again where it fails: a host that is not known today may be tomorrow. For
 * one thread.
 */
final class LazyCluster implements Cluster {

    private final Supplier<Cluster> opener;

    /** Null until it could be opened. */
    private Cluster opened;

    LazyCluster(Supplier<Cluster> opener) {
        this.opener = opener;
    }

    @Override
    public Consumer<ByteBuffer, ByteBuffer> newConsumer(Runnable metadataCame) {
        return opened().newConsumer(metadataCame);
    }

    @Override
    public void beforePoll() {
        opened().beforePoll();
    }

    @Override
    public CompletableFuture<Map<String, Topic>> look(Collection<String> topics) {
        return opened().look(topics);
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Collection<TopicPartition> partitions) {
        return opened().ends(partitions);
    }

    @Override
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group) {
        return opened().committed(group);
    }

    @Override
    public long takeLargestAnswer() {
        return opened().takeLargestAnswer();
    }

    @Override
    public Map<String, Long> takeTooLargeAnswers() {
        return opened().takeTooLargeAnswers();
    }

    @Override
    public List<OversizedBatch> oversized(TopicPartition partition, UUID topicId) {
        return opened().oversized(partition, topicId);
    }

    @Override
    public long believedFrom(TopicPartition partition, UUID topicId) {
        return opened == null ? Long.MAX_VALUE : opened.believedFrom(partition, topicId);
    }

    @Override
    public long silentNanos(String broker) {
        return opened().silentNanos(broker);
    }

    @Override
    public CompletableFuture<String> reach(String broker) {
        return opened().reach(broker);
    }

    @Override
    public String diagnosis() {
        return opened == null ? "" : opened.diagnosis();
    }

    private Cluster opened() {
        if (opened == null) {
            opened = opener.get();
        }
        return opened;
    }

    @Override
    public void close() {
        if (opened != null) {
            opened.close();
        }
    }
}
