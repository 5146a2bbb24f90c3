package io.decant.ingest.pipeline;

import io.decant.bucketer.BucketAssigner;
import io.decant.config.Settings;
import io.decant.config.SourceSettings;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.batch.BatchLoader;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.Cutter;
import io.decant.ingest.batch.OffloadStatus;
import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.DataDirectory;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.HandOff;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.KeptBatches;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.RetainedSegments;
import io.decant.ingest.journal.SegmentKeeper;
import io.decant.ingest.journal.SegmentStore;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.journal.SyncTicket;
import io.decant.ingest.journal.Syncer;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.source.KeptStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything from the hand-off queue inward, put together as in the picture: writer, syncer, keeper, a lane for each sink, and
 * what keeps the letters of records that are given up. It has no threads and no clock of its own; the server runs its stages in threads, the simulation in one.
 *
 * <pre>
 * sources -> HandOff -> writer -> [journal] -> syncer -> acknowledgements
 *                         ^                      |
 *                         | marks                v cut
 *                         +---- lane <- SharedBatches <- [journal] -> BatchOffload, of large batches
 *                                |
 *                                v
 *                               Sink -> DeadLetterBox -> dead letters
 * </pre>
 */
public final class Pipeline implements AutoCloseable {

    /** One read of a socket at the most. */
    private static final int READ_BYTES_MAX = 1 << 20;
    /** Part of a segment that the positions of kept streams, of all sources together, may fill in its checkpoint. */
    private static final int STREAMS_DIVISOR = 4;
    /** A dead letter goes out again only if a segment takes as many records of its length. */
    private static final int RECORDS_PER_SEGMENT_MIN = 4;

    private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

    /**
     * What the pipeline is handed in from outside.
     *
     * @param clock the wall clock
     * @param random seeds of key hashes
     * @param assignThreads how many threads part a batch, the caller's included
     * @param assignExecutor runs the others
     * @param limits how the journal groups what it writes
     * @param backlogBytesMax undelivered bytes beyond which sources wait
     * @param offload what large batches are parted by; empty: all are parted here
     */
    public record World(
            InstantSource clock,
            RandomGenerator random,
            int assignThreads,
            Executor assignExecutor,
            GroupLimits limits,
            long backlogBytesMax,
            Optional<BatchOffload.Ground> offload) {

        /** A world in which all batches are parted here. */
        public World(
                InstantSource clock,
                RandomGenerator random,
                int assignThreads,
                Executor assignExecutor,
                GroupLimits limits,
                long backlogBytesMax) {
            this(clock, random, assignThreads, assignExecutor, limits, backlogBytesMax, Optional.empty());
        }
    }

    /** Wakes the thread of a stage; set by whoever runs the stages, and nothing as long as nobody does. */
    public interface Waker {
        void wake(Stage stage);
    }

    private final SegmentStore store;
    private final int journalId;
    private final Positions positions;
    private final HandOff handOff;
    private final JournalWriter writer;
    private final Syncer syncer;
    private final SegmentKeeper keeper;
    private final WriterStage writerStage;
    private final SyncerStage syncerStage;
    private final KeeperStage keeperStage;
    private final DeadLetters deadLetters;
    private final DeadLetterStage deadLetterStage;
    private final LetterReplaySlot letterReplaySlot = new LetterReplaySlot(this::wakeReplays);
    private final LetterReplayStage letterReplayStage;
    private final Optional<OffloadStage> offloadStage;
    private final List<Lane> lanes = new ArrayList<>();
    private final RecentBatches batches = new RecentBatches();
    private final Map<StreamId, JournalState.StreamPosition> recoveredStreams;
    private volatile Waker waker = stage -> {};

    /**
     * Recovers the journal and opens it for more. Synced and uncut data becomes a batch at once.
     *
     * @param sinks one for each sink of the settings
     * @param forgetSinks sinks that are gone from the settings and whose undelivered batches may be forgotten
     * @param replay what a sink is to get again before it goes on
     * @throws JournalException where the journal cannot be gone on with
     */
    public Pipeline(
            Settings settings,
            SegmentStore store,
            DeadLetterStore deadLetterStore,
            int journalId,
            List<? extends Sink> sinks,
            Set<String> forgetSinks,
            Optional<ReplayRange> replay,
            World world,
            long nowNanos) {
        this.store = store;
        this.journalId = journalId;
        long hashSeed = world.random().nextLong();
        JournalRecovery.Recovered recovered = new JournalRecovery(store, journalId).recover();
        JournalState state = recovered.state();
        Set<String> gone = GoneSinks.of(state, settings.sinks().keySet(), forgetSinks);
        this.recoveredStreams = Map.copyOf(state.streams());
        SegmentTable segments = new SegmentTable(store);
        segments.addAll(recovered.bases());
        KeptBatches kept = new KeptBatches(store, journalId, recovered);
        Optional<KeptBatches.Kept> replayed =
                replay.map(range -> range.find(settings.sinks().keySet(), state, kept));
        replayed.ifPresent(first -> segments.addAll(first.bases()));
        Map<String, Backlog> backlogs = Backlog.count(segments, journalId, state);
        this.positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
        SettledBatches settled = new SettledBatches(positions, settings.sinks().keySet());
        this.deadLetters = new DeadLetters(
                deadLetterStore,
                DataDirectory.idText(journalId),
                settings.sinks().keySet(),
                settings.dlq().maxSize().bytes(),
                world.clock(),
                settled::of,
                settled::hasPassed,
                this::wakeDeadLetters,
                this::wakeAfterLetters);
        this.deadLetterStage = new DeadLetterStage(deadLetters);
        LetterReplayPlans plans = LetterReplayPlans.of(deadLetterStore, world.clock(), world.random());
        this.handOff = new HandOff(
                this::wakeWriter,
                Math.toIntExact(store.segmentSize()
                        / STREAMS_DIVISOR
                        / JournalState.KEPT_STREAM_BYTES_MAX
                        / settings.sources().size()));
        this.syncer = new Syncer(
                positions, settings.journal().linger().toNanos(), TimeUnit.NANOSECONDS, batch -> wakeLanes());
        RetainedSegments retained = new RetainedSegments(
                store, journalId, recovered, settings.journal().retain(), world.clock());
        replayed.ifPresent(first -> retained.removeFrom(first.bases().firstKey()));
        this.keeper = new SegmentKeeper(
                store,
                segments,
                retained,
                positions,
                settings.journal().minFree().bytes(),
                this::wakeWriter);
        FirstSegment.prepare(keeper, store, recovered, settings);
        this.writer = new JournalWriter(
                store,
                segments,
                state,
                positions,
                journalId,
                recovered.nextSegment(),
                world.limits(),
                this::submit,
                new ForgottenStreams(settings.sources(), world.clock(), plans));
        Cutter cutter = new Cutter(settings.batch().interval(), settings.batch().maxRecords(), world.clock());
        this.writerStage = new WriterStage(
                writer,
                handOff,
                letterReplaySlot,
                syncer,
                keeper,
                positions,
                cutter,
                recipients -> BatchShape.of(settings, hashSeed, recipients),
                batches,
                deadLetters,
                settled,
                new DiskBounds(
                        world.backlogBytesMax(), settings.journal().minFree().bytes()),
                world.limits());
        this.letterReplayStage = new LetterReplayStage(
                deadLetters,
                deadLetterStore,
                letterReplaySlot,
                plans,
                settings.sinks().keySet(),
                new LetterReplayRun.Limits(
                        world.limits(), Math.toIntExact(store.segmentSize() / RECORDS_PER_SEGMENT_MIN)),
                world.clock(),
                this::recoveredRecords,
                writerStage::pressureReason,
                this::wakeReplays,
                this::wakeWriter);
        this.keeperStage = new KeeperStage(keeper);
        this.syncerStage = new SyncerStage(syncer, this::wakeAfterSync);
        gone.forEach(writer::forget);
        this.offloadStage = world.offload()
                .map(ground -> new OffloadStage(new BatchOffload(
                        ground,
                        segments,
                        journalId,
                        DataDirectory.idText(journalId),
                        () -> settled.of(""),
                        batches::offloaded,
                        this::wakeOffload,
                        this::wakeLanes)));
        SharedBatches shared = new SharedBatches(
                new BatchLoader(
                        segments,
                        journalId,
                        DataDirectory.idText(journalId),
                        new BucketAssigner(world.assignThreads(), world.assignExecutor())),
                offloadStage.map(OffloadStage::offload));
        for (Sink sink : sinks) {
            lanes.add(lane(sink, state, settled, backlogs.getOrDefault(sink.name(), Backlog.empty()), shared));
        }
        replayed.ifPresent(first -> {
            Lane lane = lane(replay.orElseThrow().sink());
            lane.replayFirst(new Replay(
                    lane.sink(),
                    shared,
                    deadLetters.box(lane.sink().name()),
                    segments.hold(first.position()),
                    first.cut().batch(),
                    first.position(),
                    replay.orElseThrow().last(state),
                    recovered.end()));
        });
        if (recovered.end() > 0) {
            log.info(
                    "journal {} recovered: {}, {} records uncut, last batch {}",
                    DataDirectory.idText(journalId),
                    positions,
                    state.uncutRecords(),
                    state.lastBatch());
        }
        cutter.recovered(state, nowNanos);
    }

    private Lane lane(Sink sink, JournalState state, SettledBatches settled, Backlog backlog, SharedBatches shared) {
        Mark mark = state.marks().get(sink.name());
        if (mark == null) {
            // A new sink begins with the next batch.
            mark = new Mark(sink.name(), state.lastBatch(), state.cutEnd(), 0, 0);
            writer.append(mark);
        }
        settled.begin(mark);
        return new Lane(
                sink,
                mark,
                backlog,
                shared,
                positions,
                writerStage.newMarkSlot(() -> wakeLane(sink.name())),
                deadLetters.box(sink.name()),
                this::wakeWriter,
                batches);
    }

    /** Longest payload that the sources of these settings hand in: one read, and the record that it completes or that comes alone. */
    public static int blockBytesMax(Settings settings) {
        long recordBytesMax = 0;
        for (SourceSettings source : settings.sources().values()) {
            recordBytesMax = Math.max(recordBytesMax, source.maxRecord().bytes());
        }
        return Math.toIntExact(READ_BYTES_MAX + recordBytesMax + 1);
    }

    private void submit(SyncTicket ticket) {
        syncer.submit(ticket);
        wake(syncerStage);
    }

    private void wakeWriter() {
        wake(writerStage);
    }

    private void wakeDeadLetters() {
        wake(deadLetterStage);
    }

    private void wakeOffload() {
        offloadStage.ifPresent(this::wake);
    }

    private void wakeReplays() {
        wake(letterReplayStage);
    }

    private void wakeAfterLetters() {
        wakeWriter();
        wakeLanes();
    }

    /** Waking a thread costs about as much as a sync, so only those are woken that have something to do. */
    private void wakeAfterSync() {
        if (writerStage.awaitsSync()) {
            wake(writerStage);
        }
        if (keeperStage.isDue()) {
            wake(keeperStage);
        }
        if (offloadStage.isPresent() && offloadStage.get().offload().awaitsMarks()) {
            wakeOffload();
        }
        for (Lane lane : lanes) {
            if (lane.awaitsSync()) {
                wake(lane);
            }
        }
    }

    /** Has the lane of a sink look again; any thread. */
    void wakeLane(String sink) {
        wake(lane(sink));
    }

    private Lane lane(String sink) {
        for (Lane lane : lanes) {
            if (lane.sink().name().equals(sink)) {
                return lane;
            }
        }
        throw new IllegalArgumentException("no lane for sink " + sink);
    }

    private void wakeLanes() {
        for (Lane lane : lanes) {
            wake(lane);
        }
    }

    private void wake(Stage stage) {
        if (stage != null) {
            waker.wake(stage);
        }
    }

    /** Has stages woken by {@code newWaker} from here on. */
    public void wakeBy(Waker newWaker) {
        waker = newWaker;
    }

    /** All stages, in the order in which the records pass them. */
    public List<Stage> stages() {
        List<Stage> stages =
                new ArrayList<>(List.of(writerStage, syncerStage, keeperStage, deadLetterStage, letterReplayStage));
        offloadStage.ifPresent(stages::add);
        stages.addAll(lanes);
        return stages;
    }

    /** Where sources hand in. */
    public Intake intake() {
        return handOff;
    }

    /** What the journal knew, when it was opened, of the kept streams of a source, by stream. */
    public Map<String, KeptStream> keptStreams(String source) {
        Map<String, KeptStream> kept = new HashMap<>();
        recoveredStreams.forEach((stream, position) -> {
            if (stream.source().equals(source)) {
                ResumePoint resume = position.resume();
                kept.put(
                        stream.name(),
                        new KeptStream(position.next(), position.lastSeenMillis(), resume.offset(), resume.topicId()));
            }
        });
        return kept;
    }

    private long recoveredRecords(StreamId stream) {
        JournalState.StreamPosition position = recoveredStreams.get(stream);
        return position == null ? 0 : position.next();
    }

    public Positions positions() {
        return positions;
    }

    public String journalId() {
        return DataDirectory.idText(journalId);
    }

    public RecentBatches batches() {
        return batches;
    }

    /** How offloading is doing; empty where nothing is. */
    public Optional<OffloadStatus> offload() {
        return offloadStage.map(stage -> stage.offload().status());
    }

    public Pressure pressure() {
        return writerStage.pressure();
    }

    /** Those of this server's data directory: a box for each sink, and what is in their files. */
    DeadLetters deadLetters() {
        return deadLetters;
    }

    /**
     * Sends dead letters again, each to the sink that refused it.
     *
     * @return completes when they are in the journal, or with what is in the way; exceptionally with a
     *     {@link io.decant.ingest.deadletter.DeadLetterException} where it cannot be done
     */
    public CompletableFuture<ReplayAnswer> replayLetters(LetterFilter which) {
        return letterReplayStage.replay(which);
    }

    /** Has what is left of replays wait for the next start. */
    void stopLetterReplay() {
        letterReplayStage.stop();
    }

    LetterReplaySlot letterReplaySlot() {
        return letterReplaySlot;
    }

    List<Lane> lanes() {
        return List.copyOf(lanes);
    }

    /** Has every force of the journal timed; before its stages run. */
    public void timeSyncs(LongSupplier nanoTime, LongConsumer tookNanos) {
        syncer.timeForces(nanoTime, tookNanos);
    }

    WriterStage writerStage() {
        return writerStage;
    }

    Stage syncerStage() {
        return syncerStage;
    }

    /** Free bytes of the journal's disk, as of the last look. */
    public long freeBytes() {
        return keeper.freeBytes();
    }

    /** Payload bytes that wait to be appended. */
    public long queuedBytes() {
        return handOff.bytes();
    }

    /** Has everything cut that the sources have handed in; they hand in no more. */
    public void cutAll() {
        writerStage.cutAll();
        wake(writerStage);
    }

    /** Whether, after {@link #cutAll}, everything is appended, cut, synced and delivered, and the marks are synced. */
    public boolean isDelivered() {
        return writerStage.drainedUpTo() == positions.delivered();
    }

    /** The same, but for what waits for sinks that have stopped: nothing more will come of waiting. */
    public boolean isDrained() {
        long upTo = writerStage.drainedUpTo();
        for (Lane lane : lanes) {
            if (upTo == WriterStage.NOT_DRAINED || !(lane.isStopped() || lane.hasMarked(upTo))) {
                return false;
            }
        }
        // The marks are appended by now. What was appended is read before what is synced, which grows meanwhile.
        long appended = positions.appended();
        return positions.synced() >= appended;
    }

    /** Names of the sinks to which nothing more is delivered before the next start. */
    public List<String> stoppedSinks() {
        return lanes.stream()
                .filter(Lane::isStopped)
                .map(lane -> lane.sink().name())
                .toList();
    }

    /** Ends; no stage may run any more. */
    @Override
    public void close() {
        lanes.forEach(Lane::close);
        offloadStage.map(OffloadStage::offload).ifPresent(BatchOffload::close);
        writerStage.close();
        deadLetters.close();
        letterReplayStage.close();
        store.close();
    }
}
