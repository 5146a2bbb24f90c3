package io.decant.ingest.source.kafka;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.OnCorrupt;
import io.decant.config.OnLostOffset;
import io.decant.config.PartitionAssignment;
import io.decant.config.StartOffset;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceCounters;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** A topic that is there as a test says, with what a source knows of its partitions. */
final class KnownTopic implements Cluster, Intake {

    static final String NAME = "clicks";

    final UUID id = new UUID(1, 1);
    final Map<String, Topic> there = new HashMap<>();
    final Map<String, ResumableStream> journaled = new HashMap<>();
    long nowNanos;

    private final KafkaSourceSettings settings;
    private Topics topics;
    private Feeds feeds;

    KnownTopic(PartitionAssignment assignment, String... leaders) {
        this.settings = new KafkaSourceSettings(
                List.of(new HostPort("nowhere", 1)),
                List.of(NAME),
                List.of(),
                "g",
                assignment,
                StartOffset.EARLIEST,
                OnLostOffset.EARLIEST,
                OnCorrupt.SKIP,
                DataSize.ofMebibytes(1),
                Map.of());
        there.put(NAME, new Topic(id, List.of(leaders), false));
    }

    static TopicPartition partition(int number) {
        return new TopicPartition(NAME, number);
    }

    /** The journal is at this offset of the partition. */
    KnownTopic journaled(int partition, long offset) {
        journaled.put(partition(partition).toString(), new ResumableStream(offset, 0, offset, id));
        return this;
    }

    KafkaSourceSettings settings() {
        return settings;
    }

    /** As they are after the newest look. */
    Topics topics() {
        if (topics == null) {
            topics = new Topics("s", settings, this, () -> nowNanos);
        }
        topics.lookNow();
        return topics;
    }

    Feeds feeds() {
        if (feeds == null) {
            feeds = new Feeds("s", this, new SourceCounters(), journaled);
        }
        return feeds;
    }

    PartitionFeed feed(int partition) {
        return feeds().of(partition(partition), new Topic(id, partition + 1));
    }

    @Override
    public CompletableFuture<Map<String, Topic>> look(Collection<String> names) {
        return CompletableFuture.completedFuture(new HashMap<>(there));
    }

    @Override
    public Consumer<ByteBuffer, ByteBuffer> newConsumer(Runnable metadataCame) {
        throw new UnsupportedOperationException("a test has its own");
    }

    @Override
    public boolean offer(Block block) {
        return false;
    }

    @Override
    public void whenRoom(Runnable wake) {
        // It never has.
    }

    @Override
    public int keptStreamsMax() {
        return 100;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
