package io.decant.ingest.source.kafka;

import io.decant.config.Assignment;
import io.decant.config.KafkaSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.source.kafka.Cluster.Topic;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * One consumer's life: polls, makes blocks, hands them in, commits what is durable. It ends when the source does, when a topic was
 * made anew (what the consumer holds of it must not be read), or with what went wrong.
 *
 * <p>While the journal has no room all partitions are paused, and polls go on, so that a group does not lose its member. Belongs to
 * the thread that polls.
 */
final class Reader {

    private static final Duration POLL = Duration.ofMillis(100);
    /** While something waits to be handed in. */
    private static final Duration WAITING_POLL = Duration.ofMillis(10);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** So long nothing may go wrong before trouble counts as over, where no record proves it. */
    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final KafkaSourceSettings settings;
    private final Intake intake;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Topics topics;
    private final Feeds feeds;
    private final SourceHealth health;
    private final OffsetCommits commits;
    private final SourceEnd end;
    private final Consumer<ByteBuffer, ByteBuffer> consumer;
    private final FrameBlocks blocks;
    private final StartOffsets starts;
    private final LostOffsets lost;
    private final Room room;
    private final PartitionTable table;
    private final long openedNanos;

    /** Whether the last look was answered. */
    private boolean answered;

    Reader(SourceParts parts, PartitionTable table, Consumer<ByteBuffer, ByteBuffer> consumer) {
        this.table = table;
        this.settings = parts.settings();
        this.intake = parts.intake();
        this.clock = parts.clock();
        this.nanoTime = parts.nanoTime();
        this.topics = parts.topics();
        this.feeds = parts.feeds();
        this.health = parts.health();
        this.commits = parts.commits();
        this.end = parts.end();
        this.room = parts.room();
        this.consumer = consumer;
        this.blocks = new FrameBlocks(
                PooledByteBufAllocator.DEFAULT,
                Math.toIntExact(settings.maxRecord().bytes()));
        this.starts = new StartOffsets(settings, topics, feeds);
        this.lost = new LostOffsets(parts.name(), settings.onLostOffset(), feeds);
        this.openedNanos = nanoTime.getAsLong();
    }

    /** Reads until there is a reason for another consumer, or none. */
    void read() {
        boolean isShared = settings.assignment() == Assignment.GROUP;
        if (isShared) {
            GroupMember member = new GroupMember(topics, feeds, commits, starts, end, consumer);
            consumer.subscribe(settings.topics(), member);
        }
        while (!end.isAsked()) {
            if (lookAtTopics() && feeds.compare(topics.known())) {
                return;
            }
            if (!isShared) {
                assign();
            }
            table.update(feeds, commits, consumer, nanoTime.getAsLong());
            if (!isShared && consumer.assignment().isEmpty()) {
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
                continue;
            }
            pause();
            if (!poll()) {
                return;
            }
            handIn();
            commits.send(feeds.all(), consumer, nanoTime.getAsLong());
        }
        feeds.rewind();
        end.awaitSettled(feeds);
        if (health.state() != SourceState.AWAY && !end.isAbort()) {
            commits.sendLast(feeds.all(), consumer);
        }
    }

    /** Whether there is news of the topics. */
    private boolean lookAtTopics() {
        try {
            boolean news = topics.look();
            if (news) {
                answered = true;
                if (consumer.assignment().isEmpty()) {
                    health.become(SourceState.READING, "answered by " + settings.servers());
                }
                health.warn(topics.missing());
            }
            return news;
        } catch (RuntimeException e) {
            answered = false;
            Trouble.tell(e, settings, health);
            return false;
        }
    }

    private void assign() {
        Set<TopicPartition> wanted = new TreeSet<>(Feeds.ORDER);
        for (String name : settings.topics()) {
            Topic topic = topics.known().get(name);
            for (int i = 0; topic != null && i < topic.partitions(); i++) {
                TopicPartition partition = new TopicPartition(name, i);
                if (isListed(i) && feeds.of(partition, topic) != null) {
                    wanted.add(partition);
                }
            }
        }
        Set<TopicPartition> assigned = consumer.assignment();
        if (wanted.equals(assigned)) {
            return;
        }
        List<PartitionFeed> seeking = new ArrayList<>();
        for (TopicPartition partition : wanted) {
            if (!assigned.contains(partition)) {
                seeking.add(feeds.get(partition));
            }
        }
        starts.find(seeking, consumer);
        consumer.assign(wanted);
        for (PartitionFeed feed : seeking) {
            consumer.seek(feed.partition(), feed.handedInOffset());
            feed.become(PartitionState.READING, "assigned");
        }
    }

    private boolean isListed(int partition) {
        return settings.partitions().isEmpty() || settings.partitions().contains(partition);
    }

    /** Has the consumer fetch what there is room for: nothing, where the journal is full. */
    private void pause() {
        List<TopicPartition> pausing = new ArrayList<>();
        List<TopicPartition> resuming = new ArrayList<>();
        Set<TopicPartition> paused = consumer.paused();
        for (TopicPartition partition : consumer.assignment()) {
            PartitionFeed feed = feeds.get(partition);
            boolean stays =
                    room.isShort() || feed == null || feed.keepsSomething() || feed.state() != PartitionState.READING;
            if (stays != paused.contains(partition)) {
                (stays ? pausing : resuming).add(partition);
            }
        }
        consumer.pause(pausing);
        consumer.resume(resuming);
    }

    /** Polls, and keeps what comes; false where a topic was made anew. */
    private boolean poll() {
        try {
            boolean waits = room.isShort() || feeds.keepSomething();
            ConsumerRecords<ByteBuffer, ByteBuffer> records = consumer.poll(waits ? WAITING_POLL : POLL);
            boolean isSteady = !records.isEmpty() || nanoTime.getAsLong() - openedNanos > STEADY_NANOS;
            if (answered && (isSteady || health.state() != SourceState.FAILING)) {
                health.become(SourceState.READING, "answered by " + settings.servers());
            }
            keep(records);
            return true;
        } catch (OffsetOutOfRangeException e) {
            // An offset may be out of range because the topic is another one.
            topics.lookNow();
            if (feeds.compare(topics.known())) {
                return false;
            }
            lost.settle(e.offsetOutOfRangePartitions(), consumer);
            return true;
        }
    }

    private void keep(ConsumerRecords<ByteBuffer, ByteBuffer> records) {
        long generation = topics.generation();
        long arrivalMillis = clock.millis();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry :
                records.nextOffsets().entrySet()) {
            PartitionFeed feed = feeds.get(entry.getKey());
            if (feed != null && feed.state() == PartitionState.READING) {
                long next = entry.getValue().offset();
                keep(feed, records.records(entry.getKey()), next, arrivalMillis, generation);
            }
        }
    }

    private void keep(
            PartitionFeed feed,
            List<ConsumerRecord<ByteBuffer, ByteBuffer>> records,
            long next,
            long arrivalMillis,
            long generation) {
        if (records.isEmpty()) {
            feed.skipTo(next);
            return;
        }
        if (records.get(0).offset() < feed.handedInOffset()) {
            throw new IllegalStateException(feed.partition() + " brought offset "
                    + records.get(0).offset() + " again; " + feed.handedInOffset() + " comes next");
        }
        ConsumerRecord<ByteBuffer, ByteBuffer> tooLong = blocks.write(
                records,
                next,
                (payload, count, resumeOffset) ->
                        feed.fetched(payload, count, resumeOffset, arrivalMillis, generation));
        if (tooLong != null) {
            feed.become(
                    PartitionState.STOPPED,
                    "the record at offset " + tooLong.offset() + " is " + FrameBlocks.bytes(tooLong)
                            + " bytes long, and max-record is " + settings.maxRecord()
                            + "; restart with a larger one to go on with it");
        }
    }

    /** Hands in what may be: what was fetched of a topic that is known to be the same one. */
    private void handIn() {
        if (room.isShort()) {
            return;
        }
        for (PartitionFeed feed : feeds.all()) {
            boolean isConfirmed = feed.fetchedGeneration() <= topics.confirmed();
            if (feed.keepsSomething() && isConfirmed && !feed.handIn(intake)) {
                room.await(intake);
                return;
            }
        }
    }
}
