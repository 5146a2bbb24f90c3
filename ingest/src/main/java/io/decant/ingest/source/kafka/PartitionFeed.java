package io.decant.ingest.source.kafka;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Block.BlockOwner;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.PartitionStatus;
import io.decant.ingest.source.SourceCounters;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of one topic, as long as that topic lives, on its way into the journal. It outlives consumers:
 * the next reader of the partition continues after what was handed in, however slow the journal is with it.
 *
 * <pre>
 *   synced  <=  handed in  <=  fetched
 * </pre>
 *
 * <p>What is fetched and not handed in is kept here; it is bounded, because a partition is fetched no further while
 * something is kept. It can be let go of at any time: it is fetched again. What is handed in never is.
 *
 * <p>Belongs to the thread that polls, {@link #synced} excepted.
 */
final class PartitionFeed implements BlockOwner {

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final TopicPartition partition;
    private final StreamId stream;
    private final UUID topicId;
    private final SourceCounters counters;
    private final ArrayDeque<Block> kept = new ArrayDeque<>();

    private PartitionState state = PartitionState.SEEKING;
    /** Whether it was read since it was assigned, whatever has come since: what is durable of it may be committed. */
    private boolean begun;

    private String error = "";
    /** What an operator should know while it is read; empty where that is nothing. */
    private String note = "";

    private long lost;
    private long skipped;
    private long skippedFrom = PartitionStatus.UNKNOWN;
    private long skippedTo = PartitionStatus.UNKNOWN;
    private boolean waits;
    private long retryNanos;
    private long handedIn;
    private long handedInOffset;
    /** Where its log ended when that was first known since the source began. */
    private long firstEnd = Long.MAX_VALUE;

    /** What the group had committed when it was begun: before it all is durable, with this member or another. */
    private long groupOffset = PartitionStatus.UNKNOWN;

    private long fetched;
    private long fetchedGeneration;
    private long keptBytes;

    /** Both are written by the syncer alone once something is handed in. */
    private volatile long synced;

    private volatile long syncedOffset;

    /**
     * @param next ordinal of its next record: so many are durable
     * @param offset where to continue; {@link PartitionStatus#UNKNOWN} where the journal does not know
     */
    PartitionFeed(
            String source, TopicPartition partition, UUID topicId, long next, long offset, SourceCounters counters) {
        this.partition = partition;
        this.stream = new StreamId(source, partition.toString(), true);
        this.topicId = topicId;
        this.counters = counters;
        this.handedIn = next;
        this.fetched = next;
        this.synced = next;
        this.handedInOffset = offset;
        this.syncedOffset = offset;
    }

    TopicPartition partition() {
        return partition;
    }

    /** Of the topic that it is a partition of. */
    UUID topicId() {
        return topicId;
    }

    PartitionState state() {
        return state;
    }

    /** Goes over to another state, and says so where it matters. */
    void become(PartitionState next, String why) {
        if (state == next && next == PartitionState.AWAY) {
            error = why;
        }
        begun = switch (next) {
            case READING -> state != PartitionState.STOPPED || begun;
            case SEEKING, UNASSIGNED, RELEASED -> false;
            case MISSING, AWAY, REFUSED, STOPPED -> begun;
        };
        if (state != next && state != PartitionState.STOPPED) {
            if (next == PartitionState.STOPPED) {
                log.error("source {}: {} stops: {}", stream.source(), partition, why);
            } else {
                log.debug("source {}: {} {} -> {}: {}", stream.source(), partition, state, next, why);
            }
            state = next;
            error = isTrouble(next) ? why : "";
        }
    }

    /** Whether where to begin it was known once since it was assigned: then what is durable of it may be committed. */
    boolean isBegun() {
        return begun;
    }

    /** Whether it is this source's to read: no other member of the group has it, or may have it. */
    boolean isAssigned() {
        return state != PartitionState.UNASSIGNED && state != PartitionState.RELEASED;
    }

    /** The same, and where it is is known. */
    boolean isOurs() {
        return isAssigned() && state != PartitionState.SEEKING;
    }

    private static boolean isTrouble(PartitionState state) {
        return switch (state) {
            case STOPPED, AWAY, REFUSED, UNASSIGNED -> true;
            case SEEKING, READING, MISSING, RELEASED -> false;
        };
    }

    /** Says what an operator should know while it is read; empty: nothing. Logged when it changes. */
    void note(String text) {
        if (!note.equals(text)) {
            note = text;
            if (!text.isEmpty()) {
                log.warn("source {}: {} is {}", stream.source(), partition, text);
            }
        }
    }

    /** Its broker does not answer; it is not asked again before then. */
    void awayUntil(long nanos, String why) {
        waits = true;
        retryNanos = nanos;
        become(PartitionState.AWAY, why);
    }

    /** Whether its broker may be asked. */
    boolean mayBeAsked(long nowNanos) {
        waits &= nowNanos - retryNanos < 0;
        return !waits;
    }

    /** Where the next consumer continues; {@link PartitionStatus#UNKNOWN} until it is known. */
    long handedInOffset() {
        return handedInOffset;
    }

    /** Where the consumer is with it. */
    long fetchedOffset() {
        return kept.isEmpty() ? handedInOffset : kept.peekLast().resumeOffset();
    }

    /** Has it continue elsewhere: at its beginning, or where the broker still has something. Nothing may be kept. */
    void goOnAt(long offset) {
        if (!kept.isEmpty()) {
            throw new IllegalStateException(partition + " leaves records out");
        }
        handedInOffset = offset;
    }

    /**
     * Has it continue behind what is handed in and behind what the group has committed. What was handed in before it
     * was another member's may be synced later: that is no reason to commit less than the group has.
     *
     * @param committed {@link PartitionStatus#UNKNOWN} where nothing is
     */
    void goOnBehind(long committed) {
        groupOffset = committed;
        if (committed > handedInOffset) {
            goOnAt(committed);
        }
    }

    /** So many records were deleted before they could be read. */
    void lost(long records) {
        lost += records;
    }

    /** So many records from this offset on are left out; whether the one before it was not. */
    boolean skips(long offset, long records) {
        boolean isFirst = offset != skippedTo;
        if (isFirst) {
            skippedFrom = offset;
        }
        skipped += records;
        skippedTo = offset + records;
        return isFirst;
    }

    /**
     * Takes what was fetched, to be handed in.
     *
     * @param resumeOffset where to continue behind it
     * @param generation of the metadata with which it was fetched, at the latest
     */
    void fetched(ByteBuf payload, int records, long resumeOffset, long arrivalMillis, long generation) {
        Block block = Block.framed(stream, fetched, records, arrivalMillis, payload, resumeOffset, topicId, this);
        kept.add(block);
        keptBytes += block.bytes();
        fetched += records;
        fetchedGeneration = generation;
        if (skippedTo > skippedFrom) {
            log.warn(
                    "source {}: {} continues after offset {}: {} offsets from {} on were skipped",
                    stream.source(),
                    partition,
                    skippedTo - 1,
                    skippedTo - skippedFrom,
                    skippedFrom);
            skippedFrom = skippedTo;
        }
    }

    /** The newest metadata with which something was fetched that is kept. */
    long fetchedGeneration() {
        return fetchedGeneration;
    }

    /** Bytes of what is kept. */
    long keptBytes() {
        return keptBytes;
    }

    boolean keepsSomething() {
        return !kept.isEmpty();
    }

    /**
     * Hands in what is kept.
     *
     * @return false where there is no room for all of it
     */
    boolean handIn(Intake intake) {
        for (Block block = kept.peek(); block != null; block = kept.peek()) {
            if (!intake.offer(block)) {
                return false;
            }
            kept.remove();
            keptBytes -= block.bytes();
            handedIn = block.next();
            handedInOffset = block.resumeOffset();
        }
        return true;
    }

    /** Nothing but control records lies before this offset. */
    void skipTo(long offset) {
        if (kept.isEmpty()) {
            handedInOffset = Math.max(handedInOffset, offset);
        }
    }

    /** Its log ends at this offset. */
    void endsAt(long offset) {
        firstEnd = Math.min(firstEnd, offset);
    }

    /**
     * Whether all is durable that was there when the source began, or all before an offset.
     *
     * @param offset {@link Long#MAX_VALUE} where there is none
     */
    boolean isPast(long offset) {
        return durableOffset() >= Math.min(firstEnd, offset);
    }

    /** Lets go of what is kept. */
    void rewind() {
        kept.forEach(Block::release);
        kept.clear();
        keptBytes = 0;
        fetched = handedIn;
    }

    /** Whether all that was handed in is durable. */
    boolean isSettled() {
        return synced == handedIn;
    }

    /** The offset before which everything is durable, here or with the member of the group that had it before. */
    long durableOffset() {
        return Math.max(groupOffset, isSettled() ? handedInOffset : syncedOffset);
    }

    @Override
    public void synced(Block block) {
        syncedOffset = block.resumeOffset();
        synced = block.next();
        counters.synced(block.records(), block.bytes());
    }

    PartitionStatus status(long committed, long lag) {
        return new PartitionStatus(
                partition.topic(),
                partition.partition(),
                state.name().toLowerCase(Locale.ROOT),
                durableOffset(),
                committed,
                lag,
                lost,
                skipped,
                state == PartitionState.READING ? note : error);
    }
}
