package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.SourceException;
import io.decant.ingest.source.SourceStatus;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topics of a Kafka cluster, as docs/kafka.md describes them.
 *
 * <p>A thread of its own polls Kafka's consumer. What the broker answers is copied once, into a block.
 *
 * <p>In detail:
 *
 * <ul>
 *   <li>A partition that is found while the source runs, or whose topic was recreated, is begun at its beginning, also
 *       with {@code start: latest}: what came after the source first looked is never left out.
 *   <li>In a group, the offset that was committed to the broker holds where it is beyond the journal's: another member
 *       has continued.
 *   <li>What is committed says which topic it is of, by its id, so that it is not taken for one of a later topic of
 *       that name.
 *   <li>A partition that cannot be read (no leader, no permission, a record that is corrupt, a batch that fits into no
 *       memory) says so and holds up no other.
 *   <li>An offset beyond the end of a partition stops it whatever {@code on-lost-offset} says: the broker has lost what
 *       the journal has, and would give its offsets to other records.
 * </ul>
 *
 * <p>{@link #start} does not wait: a cluster that is down is retried by the source's own thread. Its methods are safe
 * from any thread.
 */
public final class KafkaSource implements Source {

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String name;
    private final KafkaSourceSettings settings;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Supplier<Cluster> clusters;
    private final Optional<RunningMark> mark;
    private final SourceCounters counters = new SourceCounters();
    private final SourceHealth health;
    private final SourceEnd end;
    private final Backpressure room = new Backpressure();

    /** Both are null until it is started. */
    private PollLoop loop;

    private volatile PartitionTable table;

    private Thread thread;

    private final StoreReport stores;

    /**
     * @param clock for arrival times
     * @param folder the server's own
     */
    public KafkaSource(String name, KafkaSourceSettings settings, InstantSource clock, Path folder) {
        this(
                name,
                settings,
                clock,
                System::nanoTime,
                new RunningMark(name, folder),
                StoreReport.of(name, settings, clock));
    }

    private KafkaSource(
            String name,
            KafkaSourceSettings settings,
            InstantSource clock,
            LongSupplier nanoTime,
            RunningMark mark,
            StoreReport stores) {
        this(
                name,
                settings,
                clock,
                nanoTime,
                () -> new KafkaCluster(name, settings, mark.wasLeft(), stores),
                Optional.of(mark),
                stores);
    }

    /** The same with a cluster of a test's own. */
    KafkaSource(
            String name,
            KafkaSourceSettings settings,
            InstantSource clock,
            LongSupplier nanoTime,
            Supplier<Cluster> clusters) {
        this(name, settings, clock, nanoTime, clusters, Optional.empty());
    }

    /** The same with a mark. */
    KafkaSource(
            String name,
            KafkaSourceSettings settings,
            InstantSource clock,
            LongSupplier nanoTime,
            Supplier<Cluster> clusters,
            Optional<RunningMark> mark) {
        this(name, settings, clock, nanoTime, clusters, mark, StoreReport.none());
    }

    private KafkaSource(
            String name,
            KafkaSourceSettings settings,
            InstantSource clock,
            LongSupplier nanoTime,
            Supplier<Cluster> clusters,
            Optional<RunningMark> mark,
            StoreReport stores) {
        this.stores = stores;
        this.mark = mark;
        this.name = name;
        this.settings = settings;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.clusters = clusters;
        this.health = new SourceHealth(name, nanoTime);
        this.end = new SourceEnd(name, nanoTime);
    }

    @Override
    public String name() {
        return name;
    }

    /** @throws SourceException where Kafka's consumer does not take the properties */
    @Override
    public synchronized void start(Intake intake, Map<String, ResumableStream> kept) {
        ConsumerProperties.check(name, settings);
        ConsumerProperties.unknown(name, settings).forEach(log::warn);
        Cluster cluster = new LazyCluster(clusters);
        Topics topics = new Topics(name, settings, cluster, nanoTime);
        SourceParts parts = new SourceParts(
                name,
                settings,
                intake,
                clock,
                nanoTime,
                cluster,
                topics,
                new Feeds(name, intake, counters, kept),
                new BrokerReach(cluster, topics, nanoTime.getAsLong()),
                health,
                new OffsetCommits(name, settings, cluster, nanoTime.getAsLong()),
                room,
                FetchWindow.ofHeap(nanoTime.getAsLong()),
                end);
        table = new PartitionTable(cluster, nanoTime.getAsLong());
        mark.ifPresent(RunningMark::begin);
        loop = new PollLoop(parts, cluster, table, mark);
        thread = new DefaultThreadFactory("decant-kafka-" + name, true).newThread(loop);
        thread.start();
    }

    @Override
    public synchronized CompletableFuture<Void> drain() {
        health.become(SourceState.DRAINING, "asked to stop");
        end.drain();
        return ended();
    }

    /** No message is sent: the cluster keeps what was not committed. */
    @Override
    public synchronized CompletableFuture<Void> abort(String code, String text) {
        end.abort();
        return ended();
    }

    private CompletableFuture<Void> ended() {
        if (loop == null) {
            return CompletableFuture.completedFuture(null);
        }
        LockSupport.unpark(thread);
        return loop.ended();
    }

    @Override
    public SourceStatus status() {
        return new SourceStatus(
                settings.servers(),
                0,
                counters.records(),
                counters.bytes(),
                0,
                0,
                0,
                room.isShort(),
                new SourceStatus.Reading(health.word(), health.lastError(), table == null ? Map.of() : table.shown()),
                stores.status());
    }
}
