package io.decant.ingest.source.kafka;

import io.decant.config.PartitionAssignment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a source: one consumer after the other, for as long as the source lives. Whatever goes wrong with
 * one, the next continues after what was handed in.
 */
final class PollLoop implements Runnable {

    private static final long BACKOFF_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long BACKOFF_NANOS_MAX = TimeUnit.SECONDS.toNanos(15);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final SourceParts parts;
    private final Cluster cluster;
    private final PartitionTable table;
    private final Optional<RunningMark> mark;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private long backoffNanos = BACKOFF_NANOS_MIN;

    PollLoop(SourceParts parts, Cluster cluster, PartitionTable table, Optional<RunningMark> mark) {
        this.mark = mark;
        this.parts = parts;
        this.cluster = cluster;
        this.table = table;
    }

    /** Completes when nothing more is read and all that was handed in is durable, or abandoned. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void run() {
        try (cluster) {
            while (!parts.end().isAsked()) {
                readWithOneConsumer();
            }
            parts.end().awaitSettled(parts.feeds());
            table.update(parts.feeds(), parts.commits());
            mark.filter(this::isPast).ifPresent(RunningMark::end);
        } catch (Throwable e) {
            log.error("source {} ends: {}", parts.name(), e.toString(), e);
            parts.health().become(SourceState.FAILING, e.toString());
            throw e;
        } finally {
            parts.health().become(SourceState.STOPPED, "ended");
            ended.complete(null);
        }
    }

    /** Whether nothing that may end the server is known to be in front of the source, nor may be from before. */
    private boolean isPast(RunningMark left) {
        Feeds feeds = parts.feeds();
        boolean isStopped = feeds.all().stream().anyMatch(feed -> feed.state() == PartitionState.STOPPED);
        return !isStopped && (!left.wasLeft() || feeds.arePast(cluster, this::isRead));
    }

    /** In a group a partition that is not found may be another member's. */
    private boolean isRead(TopicPartition partition) {
        return parts.settings().assignment() == PartitionAssignment.OWN
                && parts.settings().topics().contains(partition.topic())
                && parts.topics().isListed(partition.partition());
    }

    private void readWithOneConsumer() {
        long began = parts.nanoTime().getAsLong();
        try {
            Consumer<ByteBuffer, ByteBuffer> consumer = cluster.newConsumer(parts.topics()::metadataCame);
            try {
                new Reader(parts, table, consumer).read();
            } finally {
                parts.feeds().rewind();
                close(consumer);
            }
        } catch (RuntimeException e) {
            // A client that failed, or our own defect: either way the next consumer continues where the journal is.
            if (!(e instanceof KafkaException)) {
                log.error("source {}: {}", parts.name(), e.toString(), e);
            }
            KafkaErrors.tell(e, parts.settings(), cluster, parts.health());
            backOff(parts.nanoTime().getAsLong() - began);
        }
    }

    /** As it closes, a member's client says what is revoked, unless that fails. */
    private void close(Consumer<ByteBuffer, ByteBuffer> consumer) {
        try {
            consumer.close(CloseOptions.timeout(parts.end().isAbort() ? Duration.ZERO : CLOSE_MAX));
        } finally {
            if (parts.settings().assignment() == PartitionAssignment.GROUP
                    && !parts.end().isAsked()) {
                parts.feeds().unassign();
                parts.feeds().all().forEach(feed -> parts.commits().forget(feed.partition()));
                table.update(parts.feeds(), parts.commits());
            }
        }
    }

    private void backOff(long livedNanos) {
        backoffNanos =
                livedNanos > 2 * BACKOFF_NANOS_MAX ? BACKOFF_NANOS_MIN : Math.min(BACKOFF_NANOS_MAX, 2 * backoffNanos);
        long until = parts.nanoTime().getAsLong() + backoffNanos;
        for (long left = backoffNanos;
                left > 0 && !parts.end().isAsked();
                left = until - parts.nanoTime().getAsLong()) {
            LockSupport.parkNanos(this, left);
        }
    }
}
