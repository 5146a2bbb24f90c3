package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.config.PartitionAssignment;
import io.decant.ingest.journal.Intake;
import io.decant.offload.log.LoggedCauses;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer's life: polls, makes blocks, hands them in, commits what is durable. It ends when the source does, when
 * a topic was recreated (what the consumer holds of it must not be read), or with what went wrong.
 *
 * <p>While the journal has no room all partitions are paused, and polls continue, so that a group does not lose its
 * member. Belongs to the thread that polls.
 */
final class Reader {

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /** While something waits to be handed in. */
    private static final Duration WAITING_POLL = Duration.ofMillis(10);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** So long nothing may go wrong before trouble counts as over, where no record proves it. */
    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final String source;
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
    private final CorruptRecords corrupt;
    private final FetchWindow window;
    private final GroupTurns turns;
    private final LargeAnswerSearch search;
    private final Cluster cluster;
    private final Backpressure room;
    private final PartitionTable table;
    private final BrokerReach reach;
    private final long openedNanos;
    /** Failures of polls that were logged: each comes again at every offset of a batch. */
    private final LoggedCauses failures = new LoggedCauses();

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
        this.starts = new StartOffsets(settings, topics, feeds, nanoTime);
        this.lost = new LostOffsets(parts.name(), settings.onLostOffset(), feeds);
        this.corrupt = new CorruptRecords(
                parts.name(), settings.onCorrupt(), feeds, this::pollAlone, this::pollOnce, feed -> parts.cluster()
                        .oversized(feed.partition(), feed.topicId()));
        this.window = parts.window();
        this.search = new LargeAnswerSearch(parts.name(), topics, feeds);
        this.turns = new GroupTurns(feeds, window, search, consumer);
        this.source = parts.name();
        this.cluster = parts.cluster();
        this.reach = parts.reach();
        this.openedNanos = nanoTime.getAsLong();
    }

    /** Reads until there is a reason for another consumer, or none. */
    void read() {
        boolean isShared = settings.assignment() == PartitionAssignment.GROUP;
        GroupMember member = new GroupMember(topics, feeds, reach, commits, starts, end, nanoTime, consumer);
        OwnPartitions own = new OwnPartitions(settings, topics, feeds, reach, starts, window, search, table, consumer);
        while (!end.isAsked()) {
            if (isNews() && feeds.compare(topics, reach)) {
                return;
            }
            search.update(cluster.takeTooLargeAnswers(), consumer, nanoTime.getAsLong());
            try {
                if (isShared) {
                    subscribe(member);
                } else {
                    own.update(nanoTime.getAsLong());
                }
            } catch (TopicAuthorizationException e) {
                topics.refuse(e.unauthorizedTopics());
                feeds.compare(topics, reach);
            }
            table.update(feeds, commits, consumer, nanoTime.getAsLong());
            if (consumer.assignment().isEmpty() && !(isShared && isSubscribed())) {
                LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
                continue;
            }
            pause(isShared);
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

    /** Subscribes to what may be read, and begins what could not be begun before. */
    private void subscribe(GroupMember member) {
        List<String> readable = topics.readable();
        if (!consumer.subscription().equals(Set.copyOf(readable))) {
            if (readable.isEmpty()) {
                consumer.unsubscribe();
            } else {
                consumer.subscribe(readable, member);
            }
        }
        member.beginWhatWaits();
    }

    private boolean isSubscribed() {
        return !consumer.subscription().isEmpty();
    }

    /** Whether there is news of the topics, or of the brokers that serve them. */
    private boolean isNews() {
        boolean isOfTopics = lookAtTopics();
        if (!isOfTopics && reach.update(feeds, consumer, nanoTime.getAsLong())) {
            warn();
            return true;
        }
        return isOfTopics;
    }

    private void warn() {
        String ofTopics = topics.problems();
        String ofBrokers = reach.problems();
        health.warn(ofTopics.isEmpty() || ofBrokers.isEmpty() ? ofTopics + ofBrokers : ofTopics + "; " + ofBrokers);
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
                warn();
            }
            return news;
        } catch (RuntimeException e) {
            answered = false;
            KafkaErrors.tell(e, settings, cluster, health);
            return false;
        }
    }

    /** Has the consumer fetch what there is room for: nothing, where the journal is full or too much waits for it. */
    private void pause(boolean isShared) {
        Set<TopicPartition> assigned = consumer.assignment();
        Set<TopicPartition> chosen = isShared ? turns.update(nanoTime.getAsLong()) : assigned;
        List<TopicPartition> pausing = new ArrayList<>();
        List<TopicPartition> resuming = new ArrayList<>();
        Set<TopicPartition> paused = consumer.paused();
        boolean isFull = room.isShort() || feeds.keepTooMuch();
        for (TopicPartition partition : assigned) {
            PartitionFeed feed = feeds.get(partition);
            boolean isFetched =
                    !isFull && feed != null && !feed.keepsSomething() && feed.state() == PartitionState.READING;
            boolean stays = !chosen.contains(partition) || !(isFetched || turns.isDropping());
            if (stays != paused.contains(partition)) {
                (stays ? pausing : resuming).add(partition);
            }
        }
        consumer.pause(pausing);
        consumer.resume(resuming);
    }

    /** Polls, and keeps what comes; false where a topic was recreated. */
    private boolean poll() {
        try {
            ConsumerRecords<ByteBuffer, ByteBuffer> records = pollOnce(timeout());
            boolean isSteady = !records.isEmpty() || nanoTime.getAsLong() - openedNanos > STEADY_NANOS;
            if (answered && (isSteady || health.state() != SourceState.FAILING)) {
                health.become(SourceState.READING, "answered by " + settings.servers());
            }
            keep(records);
            observe();
            return true;
        } catch (OffsetOutOfRangeException e) {
            // An offset may be out of range because the topic is another one.
            topics.lookNow();
            if (feeds.compare(topics, reach)) {
                return false;
            }
            lost.settle(e.offsetOutOfRangePartitions(), consumer);
            return true;
        } catch (TopicAuthorizationException e) {
            topics.refuse(e.unauthorizedTopics());
            warn();
            feeds.compare(topics, reach);
            return true;
        } catch (KafkaException e) {
            if (!UnpackBudget.isSpent(e) && !corrupt.settle(e, consumer)) {
                throw e;
            }
            return true;
        }
    }

    private Duration timeout() {
        if (turns.isDropping()) {
            return Duration.ZERO;
        }
        return room.isShort() || feeds.keepSomething() ? WAITING_POLL : POLL;
    }

    private ConsumerRecords<ByteBuffer, ByteBuffer> pollOnce(Duration timeout) {
        cluster.beforePoll();
        try {
            return consumer.poll(timeout);
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException e) {
            // A record with a valid checksum may still make no sense. Of which partition it is the consumer says the
            // second time.
            if (failures.failed(LoggedCauses.kind(e), nanoTime.getAsLong())) {
                log.warn("source {}: a poll failed: {}", source, e.toString());
            }
            return consumer.poll(timeout);
        }
    }

    private void pollAlone(Duration timeout) {
        keep(pollOnce(timeout));
    }

    /** Has the number of partitions that are fetched follow the size of what came. */
    private void observe() {
        long now = nanoTime.getAsLong();
        window.seen(cluster.takeLargestAnswer(), now);
    }

    private void keep(ConsumerRecords<ByteBuffer, ByteBuffer> records) {
        long generation = topics.generation();
        long arrivalMillis = clock.millis();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry :
                records.nextOffsets().entrySet()) {
            PartitionFeed feed = feeds.get(entry.getKey());
            if (feed != null && feed.state() == PartitionState.READING && !turns.isDropped(entry.getKey())) {
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
                            + "; restart with a larger one to continue with it");
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
