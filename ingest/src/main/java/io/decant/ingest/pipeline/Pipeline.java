package io.decant.ingest.pipeline;

import io.decant.bucketer.BucketAssigner;
import io.decant.config.Settings;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.batch.BatchLoader;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.BatchPlace;
import io.decant.ingest.batch.BatchTrials;
import io.decant.ingest.batch.Cutter;
import io.decant.ingest.batch.ExcludedRecords;
import io.decant.ingest.batch.HashSalt;
import io.decant.ingest.batch.KeyExtraction;
import io.decant.ingest.batch.OffloadStatus;
import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.batch.TransformCounts;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.RefusalHistory;
import io.decant.ingest.deadletter.replay.LetterReplayPlans;
import io.decant.ingest.deadletter.replay.LetterReplaySlot;
import io.decant.ingest.deadletter.replay.LetterReplayStage;
import io.decant.ingest.deadletter.replay.LetterReplayTarget;
import io.decant.ingest.history.History;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.HandOff;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalView;
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
import io.decant.ingest.journal.Syncer;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.source.ImportLog;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
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
 * sink, and what keeps the dead letters. It has no threads and no clock of its own; the server
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

    private final PipelineStorage storage;
    private final Positions positions;
    private final HandOff handOff;
    private final JournalWriter writer;
    private final Syncer syncer;
    private final SegmentKeeper keeper;
    private final PauseControl pause;
    private final WriterStage writerStage;
    private final TransformTotals transformed;
    private final DeadLetters deadLetters;
    private final LetterReplaySlot letterReplaySlot;
    private final LetterReplayStage letterReplayStage;
    private final Optional<BatchOffload> offload;
    private final BatchTrials trials;
    private final Lanes lanes = new Lanes();
    private final StageWaker writerWaker = new StageWaker();
    private final List<Stage> stages = new ArrayList<>();
    private final History history;
    private final BatchRecorder batches;
    private final ResumableStreams keptStreams;
    private final ServedTime servedTime;
    private final ImportRequests imports;

    /**
     * Recovers the journal and opens it for more. Synced and uncut data becomes a batch immediately.
     *
     * @param sinks one for each sink of the settings
     * @throws JournalException where the journal cannot be continued
     */
    public Pipeline(
            Settings settings,
            PipelineStorage storage,
            List<? extends Sink> sinks,
            StartOptions options,
            PipelineContext world,
            long nowNanos) {
        SegmentStore store = storage.segments();
        DeadLetterStore deadLetterStore = storage.deadLetters();
        int journalId = storage.journalId();
        this.storage = storage;
        long hashSeed = world.random().nextLong();
        Set<String> sinkNames = settings.sinks().keySet();
        RecoveredJournal found = RecoveredJournal.in(store, journalId, sinkNames, options);
        JournalRecovery.Recovered recovered = found.recovered();
        JournalState state = found.state();
        List<SinkComponent> components = SinkTypes.of(settings);
        MovedSinks.check(state, components, options.movedSinks());
        options.replay().ifPresent(range -> range.requireFits(components));
        SegmentTable segments = found.segments();
        JournalView journal = new JournalView(segments, journalId);
        this.keptStreams = new ResumableStreams(state.streams());
        this.servedTime = new ServedTime(state.servedMillis(), world.nanoTime());
        this.positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
        DurableProgress settled = new DurableProgress(positions, sinkNames);
        this.history = new History(world.clock());
        history.batches().begin(state.lastBatch());
        this.batches = new BatchRecorder(history.batches(), settled);
        this.deadLetters = new DeadLetters(
                deadLetterStore,
                JournalId.text(journalId),
                sinkNames,
                settings.dlq().maxSize().bytes(),
                world.clock(),
                settled::of,
                settled::hasPassed,
                () -> {
                    writerWaker.wake();
                    lanes.wakeAll();
                });
        LetterReplayPlans plans = LetterReplayPlans.of(deadLetterStore, world.clock(), world.random(), nowNanos);
        StageWaker replayWaker = new StageWaker();
        this.letterReplaySlot = new LetterReplaySlot(replayWaker, writerWaker);
        int sources = settings.sources().size();
        int keptStreamsMax = SizeLimits.keptStreamsMax(
                store.segmentSize(), sources, SizeLimits.blockBytesMax(settings), cursorBytesMax(settings));
        long requestBytesMax = SizeLimits.requestBytesMax(keptStreamsMax, sources);
        state.limitRequests(requestBytesMax);
        this.handOff = new HandOff(
                writerWaker,
                new HandOff.StreamBounds(keptStreamsMax, requestBytesMax),
                () -> pauseReason() != PauseReason.NONE);
        this.syncer =
                new Syncer(positions, settings.journal().linger().toNanos(), TimeUnit.NANOSECONDS, this::cutSynced);
        syncer.afterSync(this::afterSync);
        RetainedSegments retained = new RetainedSegments(
                store, journalId, recovered, settings.journal().retain(), world.clock());
        found.replayed().ifPresent(first -> retained.removeFrom(first.bases().firstKey()));
        this.keeper = new SegmentKeeper(
                store,
                segments,
                retained,
                positions,
                settings.journal().minFree().bytes(),
                writerWaker,
                new ClockWatch(world.clock(), state.windowStartMillis(), nowNanos)::look);
        this.transformed = new TransformTotals(settings.transforms());
        // What a source left uncut that was removed from the settings since.
        Map<String, List<String>> uncutTransforms = state.uncutRecords() == 0 ? Map.of() : state.lastTransforms();
        Function<Recipients, Shape> shape =
                recipients -> world.reshape().apply(BatchShape.of(settings, hashSeed, recipients, uncutTransforms));
        FirstSegment.prepare(keeper, store, recovered, settings, shape.apply(Recipients.EVERY_SINK));
        this.writer = new JournalWriter(
                store,
                journal,
                state,
                positions,
                recovered.nextSegment(),
                world.limits(),
                syncer::submit,
                new StreamExpiry(settings.sources(), servedTime, plans));
        this.imports = new ImportRequests(state, settings.sources().keySet(), positions, writerWaker);
        Cutter cutter = new Cutter(settings.batch().interval(), settings.batch().maxRecords(), world.clock());
        ExclusionRequests exclusions = new ExclusionRequests(positions, writerWaker);
        ExcludedRecords excluded = new ExcludedRecords(journal, state.deliveredBatch(), state.exclusions());
        this.trials = new BatchTrials(
                storage.trials(),
                journalId,
                exclusions,
                excluded,
                Runtime.getRuntime().maxMemory(),
                batch -> batch <= settled.of(""),
                world.nanoTime());
        this.pause = new PauseControl(
                new DiskBounds(
                        world.backlogBytesMax(), settings.journal().minFree().bytes()),
                keeper,
                deadLetters);
        this.writerStage = new WriterStage(
                writerWaker,
                new WriterContext(writer, syncer, positions, world.limits(), shape, servedTime),
                new WaitingBlocks(handOff, letterReplaySlot, world.limits()),
                exclusions,
                imports,
                cutter,
                pause,
                settled,
                batches);
        this.letterReplayStage = new LetterReplayStage(
                deadLetters,
                plans,
                letterReplaySlot,
                new LetterReplayTarget(
                        sinkNames,
                        world.limits(),
                        SizeLimits.replayedBytesMax(store.segmentSize()),
                        keptStreams::records,
                        pause::reason),
                replayWaker);
        found.gone().forEach(writer::forget);
        this.offload = world.offload()
                .map(ground -> new BatchOffload(
                        ground, journal, excluded, () -> settled.of(""), batches::offloaded, lanes::wakeAll));
        SharedBatches shared = new SharedBatches(
                new BatchLoader(
                        journal,
                        world.extraction()
                                .apply(new KeyExtraction(
                                        new BucketAssigner(world.assignThreads(), world.assignExecutor()))),
                        excluded,
                        trials,
                        HashSalt.ofEnvironment(),
                        transformed::add),
                offload);
        LaneContext context = new LaneContext(shared, positions, batches, writerWaker);
        for (Sink sink : sinks) {
            lanes.add(lane(context, sink, state, settled, found.backlog(sink.name())));
        }
        found.replayed()
                .ifPresent(first -> lanes.of(options.replay().orElseThrow().sink())
                        .replayFirst(replay(first, options.replay().orElseThrow(), found, shared)));
        stages.addAll(List.of(writerStage, syncer, keeper, deadLetters, letterReplayStage));
        offload.ifPresent(stages::add);
        stages.addAll(lanes.all());
        found.log(JournalId.text(journalId), positions);
        cutter.recovered(state, nowNanos);
    }

    /** Longest cursor of a stream of these sources. */
    private static int cursorBytesMax(Settings settings) {
        return SourceTypes.of(settings).stream()
                .mapToInt(SourceComponent::cursorBytesMax)
                .max()
                .orElse(0);
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

    /** What the transforms of sources have done, by source; any thread. */
    public Map<String, TransformCounts> transformed() {
        return transformed.all();
    }

    private Lane lane(LaneContext context, Sink sink, JournalState state, DurableProgress settled, Backlog backlog) {
        Mark mark = state.marks().get(sink.name());
        if (mark == null) {
            // A new sink begins with the next batch.
            mark = new Mark(sink.name(), state.lastBatch(), state.cutEnd(), 0, 0);
            writer.append(mark);
        }
        settled.begin(mark);
        history.batches().addSink(sink.name(), mark.batch());
        deadLetters.lookUp(
                sink.name(),
                new RefusalHistory(
                        mark.batch() + 1, mark.bucket(), mark.first(), passedBehind(mark), sink.refusedInARowMax()));
        sink.batchesCut(state.lastBatch());
        Lane lane = new Lane(context, sink, mark, backlog, deadLetters.box(sink.name()), () -> settled.of(sink.name()));
        writerStage.takeMarksFrom(lane.markSlot());
        return lane;
    }

    private Replay replay(KeptBatches.Kept first, ReplayRange range, RecoveredJournal found, SharedBatches shared) {
        Sink sink = lanes.of(range.sink()).sink();
        return new Replay(
                sink,
                shared,
                deadLetters.box(range.sink()),
                found.segments().hold(first.position()),
                new BatchPlace(first.cut().batch(), first.position()),
                range.last(found.state(), sink.replaysPartialBatch()),
                found.recovered().end(),
                batches);
    }

    private void cutSynced(long batch) {
        batches.synced(batch);
        lanes.wakeAll();
    }

    /** Waking a thread costs about as much as a sync, so only those are woken that have something to do. */
    private void afterSync() {
        imports.afterSync();
        batches.look();
        for (Stage stage : stages) {
            if (stage.awaitsSync()) {
                stage.waker().wake();
            }
        }
    }

    /** Has the lane of a sink look again; any thread. */
    public void wakeLane(String sink) {
        lanes.of(sink).waker().wake();
    }

    /** All stages, in the order in which the records pass them. */
    public List<Stage> stages() {
        return List.copyOf(stages);
    }

    /** Where sources hand in. */
    public Intake intake() {
        return handOff;
    }

    /** What the journal knew, when it was opened, of the kept streams of a source, by stream. */
    public Map<String, ResumableStream> keptStreams(String source) {
        return keptStreams.of(source);
    }

    /** What the journal keeps of imports. */
    public ImportLog imports() {
        return imports;
    }

    public ServedTime servedTime() {
        return servedTime;
    }

    public Positions positions() {
        return positions;
    }

    public String journalId() {
        return JournalId.text(storage.journalId());
    }

    /** What is remembered of the last minutes. */
    public History history() {
        return history;
    }

    /** How offloading is doing; empty where nothing is. */
    public Optional<OffloadStatus> offload() {
        return offload.map(BatchOffload::status);
    }

    /** Why sources wait. */
    public PauseReason pauseReason() {
        return pause.now();
    }

    /** Why sources wait, in words; empty where they do not. */
    public String pauseReasonText() {
        return pause.reason();
    }

    /** Those of this server's data directory: a box for each sink, and what is in their files. */
    public DeadLetters deadLetters() {
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
    public String letterReplayTrouble() {
        return letterReplayStage.trouble();
    }

    /** Has what is left of replays wait for the next start. */
    public void stopLetterReplay() {
        letterReplayStage.stop();
    }

    LetterReplaySlot letterReplaySlot() {
        return letterReplaySlot;
    }

    public List<Lane> lanes() {
        return lanes.all();
    }

    /** Has every force of the journal timed; before its stages run. */
    public void timeSyncs(LongSupplier nanoTime, LongConsumer tookNanos) {
        syncer.timeForces(nanoTime, tookNanos);
    }

    public WriterStage writerStage() {
        return writerStage;
    }

    public Stage syncer() {
        return syncer;
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
        writerWaker.wake();
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
        lanes.all().forEach(Lane::close);
        offload.ifPresent(BatchOffload::close);
        trials.close();
        writerStage.close();
        deadLetters.close();
        letterReplayStage.close();
        storage.segments().close();
    }
}
