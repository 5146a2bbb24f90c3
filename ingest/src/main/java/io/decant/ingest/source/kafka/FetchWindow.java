package io.decant.ingest.source.kafka;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions are fetched at a time. A consumer keeps one answer of each partition, packed as it came, and a
 * broker answers with a whole batch however large it is. So as many partitions that are behind are fetched as there is
 * memory for answers of the largest size that was seen; the others have their turn after a while, and what was fetched
 * of those before is dropped. Those that have nothing to read cost nothing, and are always fetched. Belongs to the
 * thread that polls.
 */
final class FetchWindow {

    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** So long a size counts that was seen. */
    private static final long SEEN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** What is fetched and not unpacked may take so many bytes. */
    private final long bytesMax;

    private final long usualBytes;
    private long largest;
    private long largestBefore;
    private long periodNanos;
    private Set<TopicPartition> turn = Set.of();
    /**
     * The one that was given the turn last; null before the first. Those behind it are next, whichever were added or
     * removed since.
     */
    private TopicPartition last;

    private long turnNanos;

    /**
     * @param bytesMax for answers that are fetched and not unpacked
     * @param usualBytes what a partition's answer has while its batches are no larger than what is asked for
     */
    FetchWindow(long bytesMax, long usualBytes, long nowNanos) {
        this.bytesMax = bytesMax;
        this.usualBytes = usualBytes;
        this.largest = usualBytes;
        this.largestBefore = usualBytes;
        this.periodNanos = nowNanos;
        this.turnNanos = nowNanos;
    }

    /** An eighth of the heap. */
    static FetchWindow ofHeap(long nowNanos) {
        return new FetchWindow(Runtime.getRuntime().maxMemory() / 8, ClientConfig.FETCH_BYTES_MAX, nowNanos);
    }

    /** An answer of so many bytes was seen; 0: none. */
    void seen(long bytes, long nowNanos) {
        largest = Math.max(largest, bytes);
        if (nowNanos - periodNanos > SEEN_NANOS) {
            largestBefore = largest;
            largest = Math.max(usualBytes, bytes);
            periodNanos = nowNanos;
        }
    }

    /** How many partitions that are behind are fetched at a time. */
    int partitionsMax() {
        return (int) Math.max(1, bytesMax / Math.max(largest, largestBefore));
    }

    /**
     * Which of these are fetched now. What is kept of any other must be dropped.
     *
     * @param isBehind whether a partition has, or may have, something to read
     */
    Set<TopicPartition> choose(Set<TopicPartition> wanted, Predicate<TopicPartition> isBehind, long nowNanos) {
        int max = partitionsMax();
        if (wanted.size() <= max) {
            turn = Set.of();
            return wanted;
        }
        List<TopicPartition> behind =
                wanted.stream().filter(isBehind).sorted(Feeds.ORDER).toList();
        if (behind.size() <= max) {
            turn = Set.of();
            return wanted;
        }
        Set<TopicPartition> next = new LinkedHashSet<>();
        boolean isOver = nowNanos - turnNanos >= TURN_NANOS;
        if (!isOver) {
            behind.stream().filter(turn::contains).limit(max).forEach(next::add);
        }
        int from = behindTheLast(behind);
        for (int i = 0; i < behind.size() && next.size() < max; i++) {
            TopicPartition given = behind.get((from + i) % behind.size());
            if (next.add(given)) {
                last = given;
            }
        }
        if (isOver || turn.isEmpty()) {
            turnNanos = nowNanos;
        }
        turn = next;
        Set<TopicPartition> chosen = new TreeSet<>(Feeds.ORDER);
        chosen.addAll(wanted);
        behind.stream().filter(partition -> !next.contains(partition)).forEach(chosen::remove);
        return chosen;
    }

    /** The first of those that come after the one that was given the turn last. */
    private int behindTheLast(List<TopicPartition> behind) {
        for (int i = 0; last != null && i < behind.size(); i++) {
            if (Feeds.ORDER.compare(behind.get(i), last) > 0) {
                return i;
            }
        }
        return 0;
    }
}
