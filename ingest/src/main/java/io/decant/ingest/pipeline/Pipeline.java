package io.decant.ingest.pipeline;

import io.decant.bucketer.BucketAssigner;
import io.decant.config.Settings;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.batch.BatchLoader;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.BatchTrials;
import io.decant.ingest.batch.Cutter;
import io.decant.ingest.batch.ExcludedRecords;
import io.decant.ingest.batch.KeyExtraction;
import io.decant.ingest.batch.OffloadStatus;
import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.RefusalHistory;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.HandOff;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.KeptBatches;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Piece;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.RetainedSegments;
import io.decant.ingest.journal.SegmentKeeper;
import io.decant.ingest.journal.SegmentStore;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SyncTicket;
import io.decant.ingest.journal.Syncer;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.source.ResumableStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Everything from the hand-off queue inward, put together as in the picture: writer, syncer, keeper, a lane for each
 * sink, and what keeps the letters of records that are given up. It has no threads and no clock of its own; the server
 * runs its stages in threads, the simulation in one.
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

    /** Wakes the thread of a stage; set by whoever runs the stages, and nothing as long as nobody does. */
    public interface Waker {
        void wake(Stage stage);
    }

    /** No source of today's settings says where it goes on by a cursor. */
    private static final int NO_CURSORS = 0;

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
    private final LetterReplaySlot letterReplaySlot;
    private final LetterReplayStage letterReplayStage;
    private final Optional<OffloadStage> offloadStage;
    private final BatchTrials trials;
    private final Lanes lanes = new Lanes();
    private final StageWaker wakes = new StageWaker(lanes);
    private final RecentBatches batches = new RecentBatches();
    private final ResumableStreams keptStreams;
    private final ServedTime servedTime;

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
            PipelineContext world,
            long nowNanos) {
        this.store = store;
        this.journalId = journalId;
        long hashSeed = world.random().nextLong();
        Set<String> sinkNames = settings.sinks().keySet();
        RecoveredJournal found = RecoveredJournal.in(store, journalId, sinkNames, forgetSinks, replay);
        JournalRecovery.Recovered recovered = found.recovered();
        JournalState state = found.state();
        SegmentTable segments = found.segments();
        this.keptStreams = new ResumableStreams(state.streams());
        this.servedTime = new ServedTime(state.servedMillis(), world.nanoTime());
        this.positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
        DurableProgress settled = new DurableProgress(positions, sinkNames);
        this.deadLetters = new DeadLetters(
                deadLetterStore,
                JournalId.text(journalId),
                sinkNames,
                settings.dlq().maxSize().bytes(),
                world.clock(),
                settled::of,
                settled::hasPassed,
                wakes::deadLetters,
                wakes::afterLetters);
        this.deadLetterStage = new DeadLetterStage(deadLetters);
        LetterReplayPlans plans = LetterReplayPlans.of(deadLetterStore, world.clock(), world.random(), nowNanos);
        this.letterReplaySlot = new LetterReplaySlot(wakes::letterReplay);
        this.handOff = new HandOff(
                wakes::writer,
                SizeLimits.keptStreamsMax(
                        store.segmentSize(),
                        settings.sources().size(),
                        SizeLimits.blockBytesMax(settings),
                        NO_CURSORS));
        this.syncer = new Syncer(
                positions, settings.journal().linger().toNanos(), TimeUnit.NANOSECONDS, batch -> wakes.lanes());
        RetainedSegments retained = new RetainedSegments(
                store, journalId, recovered, settings.journal().retain(), world.clock());
        found.replayed().ifPresent(first -> retained.removeFrom(first.bases().firstKey()));
        this.keeper = new SegmentKeeper(
                store,
                segments,
                retained,
                positions,
                settings.journal().minFree().bytes(),
                wakes::writer);
        Function<Recipients, Shape> shape =
                recipients -> world.reshape().apply(BatchShape.of(settings, hashSeed, recipients));
        FirstSegment.prepare(keeper, store, recovered, settings, shape.apply(Recipients.EVERY_SINK));
        this.writer = new JournalWriter(
                store,
                segments,
                state,
                positions,
                journalId,
                recovered.nextSegment(),
                world.limits(),
                this::submit,
                new StreamExpiry(settings.sources(), servedTime, plans));
        Cutter cutter = new Cutter(settings.batch().interval(), settings.batch().maxRecords(), world.clock());
        ExclusionRequests exclusions = new ExclusionRequests(positions, wakes::writer);
        ExcludedRecords excluded = new ExcludedRecords(segments, journalId, state.deliveredBatch(), state.exclusions());
        this.trials = new BatchTrials(
                world.trials(),
                journalId,
                exclusions,
                excluded,
                Runtime.getRuntime().maxMemory(),
                batch -> batch <= settled.of(""),
                world.nanoTime());
        this.writerStage = new WriterStage(
                writer,
                handOff,
                letterReplaySlot,
                exclusions,
                syncer,
                keeper,
                positions,
                cutter,
                shape,
                servedTime,
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
                sinkNames,
                new LetterReplayRun.Limits(world.limits(), SizeLimits.replayedBytesMax(store.segmentSize())),
                world.clock(),
                keptStreams::records,
                writerStage::pressureReason,
                wakes::letterReplay,
                wakes::writer);
        this.keeperStage = new KeeperStage(keeper, new ClockWatch(world.clock(), state.windowStartMillis(), nowNanos));
        this.syncerStage = new SyncerStage(syncer, wakes::afterSync);
        found.gone().forEach(writer::forget);
        this.offloadStage = world.offload()
                .map(ground -> new OffloadStage(new BatchOffload(
                        ground,
                        segments,
                        journalId,
                        JournalId.text(journalId),
                        excluded,
                        () -> settled.of(""),
                        batches::offloaded,
                        wakes::offload,
                        wakes::lanes)));
        SharedBatches shared = new SharedBatches(
                new BatchLoader(
                        segments,
                        journalId,
                        JournalId.text(journalId),
                        world.extraction()
                                .apply(new KeyExtraction(
                                        new BucketAssigner(world.assignThreads(), world.assignExecutor()))),
                        excluded,
                        trials),
                offloadStage.map(OffloadStage::offload));
        for (Sink sink : sinks) {
            lanes.add(lane(sink, state, settled, found.backlog(sink.name()), shared));
        }
        found.replayed().ifPresent(first -> lanes.of(replay.orElseThrow().sink())
                .replayFirst(replay(first, replay.orElseThrow(), found, shared)));
        wakes.know(writerStage, syncerStage, keeperStage, deadLetterStage, letterReplayStage, offloadStage);
        found.log(JournalId.text(journalId), positions);
        cutter.recovered(state, nowNanos);
    }

    private static List<RefusalHistory.Passed> passedBehind(Mark mark) {
        List<RefusalHistory.Passed> passed = new ArrayList<>();
        long from = mark.first();
        for (Piece piece : mark.pieces()) {
            if (piece.passed()) {
                passed.add(new RefusalHistory.Passed(from, piece.end()));
            }
            from = piece.end();
        }
        return passed;
    }

    private Lane lane(Sink sink, JournalState state, DurableProgress settled, Backlog backlog, SharedBatches shared) {
        Mark mark = state.marks().get(sink.name());
        if (mark == null) {
            // A new sink begins with the next batch.
            mark = new Mark(sink.name(), state.lastBatch(), state.cutEnd(), 0, 0);
            writer.append(mark);
        }
        settled.begin(mark);
        deadLetters.lookUp(
                sink.name(),
                new RefusalHistory(
                        mark.batch() + 1, mark.bucket(), mark.first(), passedBehind(mark), sink.refusedInARowMax()));
        return new Lane(
                sink,
                mark,
                backlog,
                shared,
                positions,
                writerStage.newMarkSlot(() -> wakes.lane(sink.name())),
                deadLetters.box(sink.name()),
                wakes::writer,
                batches);
    }

    private Replay replay(KeptBatches.Kept first, ReplayRange range, RecoveredJournal found, SharedBatches shared) {
        return new Replay(
                lanes.of(range.sink()).sink(),
                shared,
                deadLetters.box(range.sink()),
                found.segments().hold(first.position()),
                first.cut().batch(),
                first.position(),
                range.last(found.state()),
                found.recovered().end());
    }

    private void submit(SyncTicket ticket) {
        syncer.submit(ticket);
        wakes.syncer();
    }

    /** Has the lane of a sink look again; any thread. */
    void wakeLane(String sink) {
        wakes.lane(sink);
    }

    /** Has stages woken by {@code newWaker} from here on. */
    public void wakeBy(Waker newWaker) {
        wakes.by(newWaker);
    }

    /** All stages, in the order in which the records pass them. */
    public List<Stage> stages() {
        List<Stage> stages =
                new ArrayList<>(List.of(writerStage, syncerStage, keeperStage, deadLetterStage, letterReplayStage));
        offloadStage.ifPresent(stages::add);
        stages.addAll(lanes.all());
        return stages;
    }

    /** Where sources hand in. */
    public Intake intake() {
        return handOff;
    }

    /** What the journal knew, when it was opened, of the kept streams of a source, by stream. */
    public Map<String, ResumableStream> keptStreams(String source) {
        return keptStreams.of(source);
    }

    ServedTime servedTime() {
        return servedTime;
    }

    public Positions positions() {
        return positions;
    }

    public String journalId() {
        return JournalId.text(journalId);
    }

    public RecentBatches batches() {
        return batches;
    }

    /** How offloading is doing; empty where nothing is. */
    public Optional<OffloadStatus> offload() {
        return offloadStage.map(stage -> stage.offload().status());
    }

    public PauseReason pressure() {
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

    /** Whether no dead letter is written any more before the next start, since a sync failed. */
    public boolean areDeadLettersStopped() {
        return deadLetters.isStopped();
    }

    /** Why the last replay of dead letters ended before its end; empty where it did not. */
    String letterReplayTrouble() {
        return letterReplayStage.trouble();
    }

    /** Has what is left of replays wait for the next start. */
    void stopLetterReplay() {
        letterReplayStage.stop();
    }

    LetterReplaySlot letterReplaySlot() {
        return letterReplaySlot;
    }

    List<Lane> lanes() {
        return lanes.all();
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
        wakes.writer();
    }

    /** Whether, after {@link #cutAll}, everything is appended, cut, synced and delivered, and the marks are synced. */
    public boolean isDelivered() {
        return writerStage.drainedUpTo() == positions.delivered();
    }

    /** The same, but for what waits for sinks that have stopped: nothing more will come of waiting. */
    public boolean isDrained() {
        long upTo = writerStage.drainedUpTo();
        if (upTo == WriterStage.NOT_DRAINED || !lanes.haveMarked(upTo)) {
            return false;
        }
        // The marks are appended by now. What was appended is read before what is synced, which grows meanwhile.
        long appended = positions.appended();
        return positions.synced() >= appended;
    }

    /** Names of the sinks to which nothing more is delivered before the next start. */
    public List<String> stoppedSinks() {
        return lanes.stopped();
    }

    /** Ends; no stage may run any more. */
    @Override
    public void close() {
        lanes.forEach(Lane::close);
        offloadStage.map(OffloadStage::offload).ifPresent(BatchOffload::close);
        trials.close();
        writerStage.close();
        deadLetters.close();
        deadLetterStage.ended();
        letterReplayStage.close();
        store.close();
    }
}
