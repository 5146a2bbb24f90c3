package io.decant.ingest.source.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;

/**
 * One topic of one partition, as a test says: when metadata comes, when a look is answered and how, what is fetched.
 */
final class ScriptedCluster implements Cluster {

    static final String TOPIC = "clicks";
    static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);

    static final int LARGE_BYTES = 1_000_000;

    private final List<Scripted> consumers = new ArrayList<>();
    private final List<CompletableFuture<Map<String, Topic>>> unanswered = new ArrayList<>();
    private final AtomicLong tooLarge = new AtomicLong();
    private final AtomicInteger endsAsked = new AtomicInteger();
    private volatile long end = -1;
    private volatile long believedFrom = Long.MAX_VALUE;
    private UUID id = new UUID(1, 1);
    private boolean answers = true;
    private volatile int partitions = 1;
    private long records;

    /** A consumer that waits a little where a real one waits for records. */
    static final class Scripted extends MockConsumer<ByteBuffer, ByteBuffer> {

        private final Runnable metadataCame;
        private final AtomicInteger commits = new AtomicInteger();
        private final AtomicInteger polls = new AtomicInteger();
        private final AtomicReference<RuntimeException> pollFailure = new AtomicReference<>();
        private final Map<TopicPartition, Long> sent = new ConcurrentHashMap<>();

        Scripted(Runnable metadataCame) {
            super("none");
            this.metadataCame = metadataCame;
            updateBeginningOffsets(Map.of(PARTITION, 0L, SECOND, 0L));
        }

        int commits() {
            return commits.get();
        }

        /** The offset of the partition that was sent last; -1 where none was. */
        long sent(TopicPartition partition) {
            return sent.getOrDefault(partition, -1L);
        }

        /** The group assigns it these at its next poll. */
        void assign(TopicPartition... partitions) {
            schedulePollTask(() -> rebalance(List.of(partitions)));
        }

        int polls() {
            return polls.get();
        }

        @Override
        public synchronized void commitAsync(
                Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
            commits.incrementAndGet();
            offsets.forEach((partition, offset) -> sent.put(partition, offset.offset()));
            super.commitAsync(offsets, callback);
        }

        /** The next poll does. */
        void failsOnce(RuntimeException failure) {
            pollFailure.set(failure);
        }

        /** Whether it has. */
        boolean hasFailed() {
            return pollFailure.get() == null;
        }

        void metadataCame() {
            metadataCame.run();
        }

        @Override
        public synchronized ConsumerRecords<ByteBuffer, ByteBuffer> poll(Duration timeout) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
            polls.incrementAndGet();
            RuntimeException failure = pollFailure.getAndSet(null);
            if (failure != null) {
                throw failure;
            }
            return super.poll(timeout);
        }
    }

    @Override
    public synchronized Consumer<ByteBuffer, ByteBuffer> newConsumer(Runnable metadataCame) {
        Scripted consumer = new Scripted(metadataCame);
        consumer.updateEndOffsets(Map.of(PARTITION, records, SECOND, records));
        consumers.add(consumer);
        return consumer;
    }

    @Override
    public synchronized CompletableFuture<Map<String, Topic>> look(Collection<String> topics) {
        CompletableFuture<Map<String, Topic>> answer = new CompletableFuture<>();
        unanswered.add(answer);
        answerIfAsked();
        return answer;
    }

    /** The topic has so many partitions. */
    void partitions(int count) {
        partitions = count;
    }

    /** From now on looks wait for their answers. */
    synchronized void answerNoMore() {
        answers = false;
    }

    /** Looks are answered, those that wait and all others. */
    synchronized void answer() {
        answers = true;
        answerIfAsked();
    }

    private void answerIfAsked() {
        if (answers) {
            unanswered.forEach(answer -> answer.complete(new HashMap<>(Map.of(TOPIC, new Topic(id, partitions)))));
            unanswered.clear();
        }
    }

    synchronized boolean isAsked() {
        return !unanswered.isEmpty();
    }

    /** The topic is deleted and made again, empty. */
    synchronized void recreate() {
        id = new UUID(1, id.getLeastSignificantBits() + 1);
        records = 0;
    }

    synchronized UUID id() {
        return id;
    }

    synchronized int consumers() {
        return consumers.size();
    }

    /** The newest consumer. */
    synchronized Scripted consumer() {
        return consumers.get(consumers.size() - 1);
    }

    /** The newest consumer has fetched a record of this offset. */
    void fetched(long offset) {
        fetched(PARTITION, offset);
    }

    void fetched(TopicPartition partition, long offset) {
        ByteBuffer value = ByteBuffer.wrap(("record " + offset).getBytes(UTF_8));
        consumer().addRecord(new ConsumerRecord<>(TOPIC, partition.partition(), offset, null, value));
    }

    /** The same with so many records of {@link #LARGE_BYTES} each, at once. */
    void fetchedLarge(long offset, int count) {
        ByteBuffer value = ByteBuffer.allocate(LARGE_BYTES);
        Scripted consumer = consumer();
        synchronized (consumer) {
            for (int i = 0; i < count; i++) {
                consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset + i, null, value));
            }
        }
    }

    /** The topic's partition ends at this offset. */
    void endsAt(long offset) {
        end = offset;
    }

    /** From this offset on batches are taken for what their codecs say. */
    void believedFrom(long offset) {
        believedFrom = offset;
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Long>> ends(Collection<TopicPartition> asked) {
        endsAsked.incrementAndGet();
        return CompletableFuture.completedFuture(end < 0 ? Map.of() : Map.of(PARTITION, end));
    }

    /** How often somebody has asked where the partition ends. */
    int endsAsked() {
        return endsAsked.get();
    }

    @Override
    public long believedFrom(TopicPartition partition, UUID topicId) {
        return believedFrom;
    }

    /** A broker's answer was larger than any may be. */
    void answersTooMuch(long bytes) {
        tooLarge.set(bytes);
    }

    /** Whether it was noticed. */
    boolean isTooMuchNoticed() {
        return tooLarge.get() == 0;
    }

    @Override
    public Map<String, Long> takeTooLargeAnswers() {
        long bytes = tooLarge.getAndSet(0);
        return bytes == 0 ? Map.of() : Map.of("a broker", bytes);
    }

    @Override
    public void close() {
        consumers.forEach(Consumer::close);
    }
}
