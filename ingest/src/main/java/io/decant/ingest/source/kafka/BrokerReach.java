package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Which brokers lead partitions and cannot be connected to. A cluster lists a leader for a while after it has died, and
 * a consumer keeps trying it without a word. A broker that is asked for records answers every half second at the
 * latest; one that has been silent for longer is tried, and as long as it cannot be reached its partitions are
 * {@code AWAY}.
 *
 * <p>Does not block. There is an entry for each broker that leads a partition of the source. Belongs to the thread
 * that polls.
 */
final class BrokerReach {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** After this much silence a broker that is asked for records is tried. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How often one is tried that cannot be reached. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** So long one is not tried again that could be reached, and is silent all the same. */
    private static final long REACHED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Cluster cluster;
    private final Topics topics;
    private final Map<String, Attempt> attempts = new HashMap<>();
    /** Why a broker cannot be reached. */
    private final Map<String, String> faults = new TreeMap<>();

    private long updatedNanos;

    /** When a broker was tried, and what came of it. */
    private record Attempt(long nanos, CompletableFuture<String> fault) {}

    BrokerReach(Cluster cluster, Topics topics, long nowNanos) {
        this.cluster = cluster;
        this.topics = topics;
        this.updatedNanos = nowNanos;
    }

    /**
     * Takes results, and tries what is silent; now and then, however often it is called.
     *
     * @return whether a broker can be reached that could not before, or the other way round
     */
    boolean update(Feeds feeds, Consumer<ByteBuffer, ByteBuffer> consumer, long nowNanos) {
        if (nowNanos - updatedNanos < INTERVAL_NANOS) {
            return false;
        }
        updatedNanos = nowNanos;
        Set<String> asked = new HashSet<>();
        Set<String> leaders = new HashSet<>();
        Set<TopicPartition> paused = consumer.paused();
        Set<TopicPartition> assigned = consumer.assignment();
        for (PartitionFeed feed : feeds.all()) {
            String leader = topics.leader(feed.partition());
            if (!leader.isEmpty()) {
                leaders.add(leader);
                if (assigned.contains(feed.partition()) && !paused.contains(feed.partition())) {
                    asked.add(leader);
                }
            }
        }
        attempts.keySet().retainAll(leaders);
        boolean isNews = faults.keySet().retainAll(leaders);
        for (String leader : leaders) {
            isNews |= takeResult(leader);
            boolean isSuspect = asked.contains(leader) && cluster.silentNanos(leader) > SILENT_NANOS;
            if ((isSuspect || faults.containsKey(leader)) && isDue(leader, nowNanos)) {
                attempts.put(leader, new Attempt(nowNanos, cluster.reach(leader)));
            }
        }
        return isNews;
    }

    private boolean takeResult(String leader) {
        Attempt attempt = attempts.get(leader);
        if (attempt == null || !attempt.fault().isDone()) {
            return false;
        }
        String fault = attempt.fault().join();
        boolean wasReached = !faults.containsKey(leader);
        if (fault.isEmpty()) {
            faults.remove(leader);
        } else {
            faults.put(leader, fault);
        }
        return wasReached != fault.isEmpty();
    }

    private boolean isDue(String leader, long nowNanos) {
        Attempt last = attempts.get(leader);
        long pause = faults.containsKey(leader) ? RETRY_NANOS : REACHED_NANOS;
        return last == null || (last.fault().isDone() && nowNanos - last.nanos() >= pause);
    }

    /**
     * Why the broker that serves the partition cannot be reached, in one line; empty if it can, or if it is unknown.
     */
    String fault(TopicPartition partition) {
        String leader = topics.leader(partition);
        String fault = faults.get(leader);
        return fault == null
                ? ""
                : "no answer from " + leader + ", the broker that serves it: it " + fault + "; retrying";
    }

    /** The brokers that cannot be reached, each with the reason, in one line; empty where all can. */
    String problems() {
        return faults.isEmpty()
                ? ""
                : faults.entrySet().stream()
                        .map(fault -> fault.getKey() + ", which " + fault.getValue())
                        .collect(Collectors.joining("; ", "no answer from ", "; retrying"));
    }
}
