package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.ingest.source.kafka.Cluster.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the topics, and since when.
 *
 * <p>A topic that is deleted and made again has another id, and a consumer continues with it as if nothing had
 * happened. What it fetches, it asks for by the id that its metadata holds, so between two arrivals of metadata the id
 * cannot change. Therefore arrivals are counted (a <em>generation</em>), and after each the ids are looked up: an
 * answer to a question that was asked after generation g came is good for everything that was fetched with g or before,
 * since ids never come back. What was fetched meanwhile waits for it.
 *
 * <p>Belongs to the thread that polls, {@link #metadataCame()} excepted.
 */
final class Topics {

    /** How often the topics are checked while there is no error. Metadata that comes in between causes a check, too. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** The same while something is not as it should be. */
    private static final long TROUBLED_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Between two looks, whatever asks for one. */
    private static final long LOOK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);
    /** So long a topic is left out that a broker did not let us read. */
    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int NAMES_SHOWN_MAX = 10;

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final List<String> names;
    private final List<Integer> partitions;
    private final Cluster cluster;
    private final LongSupplier nanoTime;
    private final AtomicLong generation = new AtomicLong();
    /** Until when a topic is left out, since a broker did not let us read it. */
    private final Map<String, Long> refusedUntilNanos = new HashMap<>();

    private Map<String, Topic> known = Map.of();

    /** As they were at the first look; null before it. */
    private Map<String, Topic> atFirst;

    private long confirmed = -1;
    private boolean troubled = true;
    private long lookedNanos;
    private Look pending;

    /** A question that is not answered yet, and the newest metadata there was when it was asked. */
    private record Look(long generation, CompletableFuture<Map<String, Topic>> answer) {}

    Topics(String source, KafkaSourceSettings settings, Cluster cluster, LongSupplier nanoTime) {
        this.source = source;
        this.names = settings.topics();
        this.partitions = settings.partitions();
        this.cluster = cluster;
        this.nanoTime = nanoTime;
        this.lookedNanos = nanoTime.getAsLong() - LOOK_NANOS;
    }

    /** The consumer has new metadata. Any thread. */
    void metadataCame() {
        generation.incrementAndGet();
    }

    /** How often metadata came. Read after a poll, it is no less than that of what the poll brought. */
    long generation() {
        return generation.get();
    }

    /** The generation up to which {@link #known()} holds. */
    long confirmed() {
        return confirmed;
    }

    /** Those that there are, by name; those that we may not look at among them, without partitions. */
    Map<String, Topic> known() {
        return known;
    }

    /** Whether partitions of that number are read. */
    boolean isListed(int partition) {
        return partitions.isEmpty() || partitions.contains(partition);
    }

    /** A broker does not let us read these; they are left out for a while. */
    void refuse(Collection<String> topics) {
        long until = nanoTime.getAsLong() + REFUSED_NANOS;
        topics.forEach(topic -> refusedUntilNanos.put(topic, until));
    }

    /** Whether we may not look at the topic, or were not let read it a moment ago. */
    boolean isRefused(String topic) {
        Topic there = known.get(topic);
        Long until = refusedUntilNanos.get(topic);
        return (there != null && there.isRefused()) || (until != null && nanoTime.getAsLong() - until < 0);
    }

    /** The same for those that a consumer may subscribe to. */
    List<String> readable() {
        return names.stream().filter(name -> !isRefused(name)).toList();
    }

    /** Whether the partition has a broker that serves it, as far as is known. */
    boolean hasLeader(TopicPartition partition) {
        Topic topic = known.get(partition.topic());
        return topic == null || partition.partition() >= topic.partitions() || topic.hasLeader(partition.partition());
    }

    /** The broker that serves it; empty where none does. */
    String leader(TopicPartition partition) {
        Topic topic = known.get(partition.topic());
        return topic == null || partition.partition() >= topic.partitions()
                ? ""
                : topic.leaders().get(partition.partition());
    }

    /** Whether the partition was there when the source first looked. */
    boolean wasThereAtFirst(String topic, int partition) {
        Topic first = atFirst == null ? null : atFirst.get(topic);
        return first != null && partition < first.partitions();
    }

    /** In one line, what there is not, may not be read or has no leader; empty where all is as it should be. */
    String problems() {
        List<String> problems = new ArrayList<>();
        problems.add(missing());
        // For a moment longer than it is left out: if it is refused again, that is no news.
        List<String> refused = names.stream()
                .filter(name -> isRefused(name)
                        || nanoTime.getAsLong() - refusedUntilNanos.getOrDefault(name, Long.MIN_VALUE / 2)
                                < REFUSED_NANOS)
                .toList();
        if (!refused.isEmpty()) {
            problems.add("not permitted to read " + String.join(", ", refused)
                    + " (DESCRIBE and READ on the topic); retrying");
        }
        List<String> leaderless = new ArrayList<>();
        known.forEach((name, topic) -> {
            for (int i = 0; i < topic.partitions(); i++) {
                if (isListed(i) && !topic.hasLeader(i)) {
                    leaderless.add(name + "-" + i);
                }
            }
        });
        if (!leaderless.isEmpty()) {
            int shown = Math.min(NAMES_SHOWN_MAX, leaderless.size());
            problems.add("waiting for a leader: " + String.join(", ", leaderless.subList(0, shown))
                    + (leaderless.size() > shown ? " and " + (leaderless.size() - shown) + " more" : ""));
        }
        problems.removeIf(String::isEmpty);
        return String.join("; ", problems);
    }

    /** In one line, topics and partitions that there are not; empty where all are there. */
    private String missing() {
        TreeSet<String> missing = new TreeSet<>(names);
        missing.removeAll(known.keySet());
        known.forEach((name, topic) -> partitions.stream()
                .filter(listed -> !topic.isRefused() && listed >= topic.partitions())
                .forEach(listed -> missing.add(name + "-" + listed)));
        return missing.isEmpty()
                ? ""
                : "waiting for topics or partitions that do not exist yet: " + String.join(", ", missing);
    }

    /**
     * Asks, where it is time to, and takes an answer, where there is one; waits for nothing.
     *
     * @return whether there is a new answer
     * @throws RuntimeException what kept it from being answered
     */
    boolean look() {
        long now = nanoTime.getAsLong();
        if (pending != null && pending.answer().isDone()) {
            Look answered = pending;
            pending = null;
            accept(answered);
            return true;
        }
        long sinceNanos = now - lookedNanos;
        boolean isDue = confirmed < generation.get()
                ? sinceNanos >= (troubled && atFirst != null ? TROUBLED_LOOK_NANOS / 10 : LOOK_NANOS_MIN)
                : sinceNanos >= (troubled ? TROUBLED_LOOK_NANOS : LOOK_NANOS);
        if (pending == null && isDue) {
            lookedNanos = now;
            pending = new Look(generation.get(), cluster.look(names));
        }
        return false;
    }

    /**
     * Asks now, and waits for the answer.
     *
     * @throws RuntimeException what kept it from being answered
     */
    void lookNow() {
        lookedNanos = nanoTime.getAsLong();
        pending = null;
        Look look = new Look(generation.get(), cluster.look(names));
        try {
            look.answer().get(ClientConfig.CALL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Said below, as of any other look.
            log.debug("source {}: a look at the topics failed", source, e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        accept(look);
    }

    private void accept(Look look) {
        if (!look.answer().isDone()) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "no answer within " + ClientConfig.CALL_MILLIS + " ms");
        }
        try {
            known = Map.copyOf(look.answer().join());
        } catch (CompletionException e) {
            troubled = true;
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        if (atFirst == null) {
            atFirst = known;
        }
        refusedUntilNanos
                .keySet()
                .removeIf(name ->
                        known.containsKey(name) && nanoTime.getAsLong() - refusedUntilNanos.get(name) > REFUSED_NANOS);
        confirmed = Math.max(confirmed, look.generation());
        troubled = !problems().isEmpty();
    }
}
