package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.SegmentTable;
import io.decant.offload.client.OffloadException;
import io.decant.offload.client.Offloader;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.JobResult;
import io.decant.offload.staging.StagedBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has large batches parted outside the server: looks how large they are, stages them, hands them in until they are parted, and cleans up when
 * every sink has them. Whoever needs a batch takes a {@link Ticket} and looks at it now and then; nobody waits here but the thread that calls
 * {@link #work}, for the filesystem.
 *
 * <pre>
 *  ASKED --> SMALL                        out of memory's reach: --> READY, if its output is there from before
 *    |                                                               |
 *    +-----> LARGE --> STAGING --> STAGED --> SUBMITTED --> READY <--+      any of these, on a failure: again, after a while
 * </pre>
 *
 * <p>A batch is the same whenever it is staged, and so is what comes out; so after any crash what is there may be gone on with, or done
 * again. {@link #work}, {@link #wakeAtNanos} and {@link #close} are for one thread, the rest is for any.
 */
public final class BatchOffload implements AutoCloseable {

    /** Upper end of the first delay after a failure, and of the longest. */
    private static final long RETRY_BASE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long RETRY_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);
    /** So many jobs fail, and the batch is staged anew: perhaps what is staged was lost. */
    private static final int FAILURES_PER_STAGING = 4;

    /** As much is looked at in one turn, so that a turn is short. */
    private static final long LOOK_BYTES = 128 << 20;

    private static final int ERROR_CHARS_MAX = 400;
    private static final long PROGRESS_LINE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** What is left lies there a little longer. */
    private static final long CLEAN_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger log = LoggerFactory.getLogger(BatchOffload.class);

    private final Ground ground;
    private final SegmentTable segments;
    private final int journalId;
    private final String journalIdText;
    private final LongSupplier settled;
    private final Consumer<Cut> offloading;
    private final Runnable wakeStage;
    private final Runnable wakeLanes;

    /** By position. Guarded by this. */
    private final TreeMap<Long, Entry> entries = new TreeMap<>();

    private final StagedDirectories directories = new StagedDirectories();
    private BatchFiles files;
    private long cleanAtNanos = Long.MIN_VALUE;
    private long progressLineAtNanos = Long.MIN_VALUE;
    private final AtomicLong offloaded = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    /**
     * What offloading needs from outside.
     *
     * @param aboveBytes batches with more bytes than this are large
     * @param windowBytes memory that each reader of an offloaded batch may take
     * @param limits of block files, by the filesystem that they are staged on
     * @param outputs the sinks of a batch whose directories are to be made as they would make them
     * @param random of the delays between attempts
     */
    public record Ground(
            long aboveBytes,
            long windowBytes,
            Function<BatchFiles, BlockFileLimits> limits,
            StagingPlace place,
            Offloader offloader,
            Function<Cut, List<SinkOutput>> outputs,
            RandomGenerator random) {}

    /**
     * @param settled the last batch that every sink has, durably
     * @param offloading told of each large batch, on the stage's thread
     * @param wakeStage has {@link #work} called; any thread
     * @param wakeLanes told when a ticket has news
     */
    public BatchOffload(
            Ground ground,
            SegmentTable segments,
            int journalId,
            String journalIdText,
            LongSupplier settled,
            Consumer<Cut> offloading,
            Runnable wakeStage,
            Runnable wakeLanes) {
        this.ground = ground;
        this.segments = segments;
        this.journalId = journalId;
        this.journalIdText = journalIdText;
        this.settled = settled;
        this.offloading = offloading;
        this.wakeStage = wakeStage;
        this.wakeLanes = wakeLanes;
    }

    private enum State {
        ASKED,
        SMALL,
        LARGE,
        STAGING,
        STAGED,
        SUBMITTED,
        READY,
        DAMAGED
    }

    /** A batch that may be large. Changed by the stage's thread; what others read is volatile. */
    private static final class Entry {
        private final long start;
        private final long limit;
        private volatile State state = State.ASKED;
        private volatile Cut cut;
        private volatile OffloadedBatch result;
        private volatile JournalException damage;
        private volatile String error = "";
        private int failures;
        /** Those for which it was not Spark that could not be reached. */
        private int failedJobs;
        /** Guarded by the map's lock. */
        private int tickets;

        private boolean frames;
        /** How far it was looked at; at last, the position behind its cut. */
        private long end;

        private boolean stageAnew;
        /** A job without runs has left a sink with nothing: not every batch can be written as every sink would. */
        private boolean needsRuns;

        private long dueNanos = Long.MIN_VALUE;
        private BatchStaging staging;
        private CompletableFuture<DriverAnswer.Done> job;

        private Entry(long start, long limit) {
            this.start = start;
            this.limit = limit;
            this.end = start;
        }

        private boolean isSettled() {
            return state == State.SMALL || state == State.READY || state == State.DAMAGED;
        }
    }

    /** One's interest in a batch. */
    public final class Ticket implements AutoCloseable {
        private final Entry entry;
        private boolean closed;

        private Ticket(Entry entry) {
            this.entry = entry;
        }

        /**
         * Whether it is known what becomes of the batch: {@link #isLarge} says what.
         *
         * @throws JournalException where the journal does not hold it
         */
        boolean isDecided() {
            if (entry.damage != null) {
                throw entry.damage;
            }
            return entry.isSettled();
        }

        boolean isLarge() {
            return entry.state == State.READY;
        }

        OffloadedBatch batch() {
            return entry.result;
        }

        /** The batch's cut; null as long as nobody has looked. */
        Cut cut() {
            return entry.cut;
        }

        /** Again: nothing. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                giveBack(entry);
            }
        }
    }

    /** Whether a batch that begins at {@code start} may be large, where cuts are known up to {@code cut}. */
    boolean mayBeLarge(long start, long cut) {
        return cut - start > ground.aboveBytes();
    }

    /**
     * Asks for the batch that begins at {@code start}.
     *
     * @param cut the position {@code cut}: everything before it is synced, and the batch's closing cut is
     */
    Ticket ask(long start, long cut) {
        Entry entry;
        synchronized (this) {
            entry = entries.computeIfAbsent(start, at -> new Entry(at, cut));
            entry.tickets++;
        }
        wakeStage.run();
        return new Ticket(entry);
    }

    private void giveBack(Entry entry) {
        synchronized (this) {
            entry.tickets--;
        }
        wakeStage.run();
    }

    /** Whether marks that are synced may give the stage something to do. */
    public synchronized boolean awaitsMarks() {
        return !entries.isEmpty();
    }

    /**
     * Does what there is to do, for a moment: writes a block file at the most.
     *
     * @return whether anything was done
     */
    public boolean work(long nowNanos) {
        boolean worked = clean(nowNanos);
        for (Entry entry : current()) {
            worked |= work(entry, nowNanos);
        }
        return worked;
    }

    private synchronized List<Entry> current() {
        // A small one is nobody's business here once it is known.
        entries.values()
                .removeIf(entry -> entry.tickets == 0 && entry.state != State.READY && entry.state != State.SUBMITTED);
        return new ArrayList<>(entries.values());
    }

    private boolean work(Entry entry, long nowNanos) {
        if (nowNanos < entry.dueNanos) {
            return false;
        }
        try {
            return switch (entry.state) {
                case ASKED -> look(entry);
                case LARGE -> find(entry);
                case STAGING -> stage(entry);
                case STAGED -> submit(entry);
                case SUBMITTED -> take(entry, nowNanos);
                case SMALL, READY, DAMAGED -> false;
            };
        } catch (IOException e) {
            failed(entry, e.toString(), nowNanos);
            return true;
        } catch (JournalException e) {
            entry.damage = e;
            move(entry, State.DAMAGED);
            return true;
        }
    }

    private void move(Entry entry, State state) {
        entry.state = state;
        if (entry.isSettled()) {
            wakeLanes.run();
        }
    }

    private boolean look(Entry entry) {
        long[] seen = {0};
        Cut cut;
        try (JournalReader reader = new JournalReader(segments, journalId, entry.end)) {
            cut = reader.readBatch(
                    entry.limit,
                    (address, bytes, records, header, framed) -> {
                        seen[0] += bytes;
                        entry.frames |= framed;
                    },
                    () -> seen[0] > LOOK_BYTES);
            entry.end = reader.position();
        }
        if (cut == null) {
            return true;
        }
        entry.cut = cut;
        if (cut.bytes() > ground.aboveBytes()) {
            offloading.accept(entry.cut);
            entry.state = State.LARGE;
            wakeLanes.run();
        } else {
            move(entry, State.SMALL);
        }
        return true;
    }

    /** What an earlier server, or an earlier attempt, has left. */
    private boolean find(Entry entry) throws IOException {
        long batch = entry.cut.batch();
        String directory = StagingPlace.directory(batch);
        String description = directory + "/" + StagedBatch.FILE_NAME;
        if (!entry.stageAnew && files().exists(description)) {
            if (BatchStaging.isOf(entry.cut, journalIdText, StagedBatch.fromJson(read(description)))) {
                directories.add(batch);
                entry.state = State.STAGED;
                return true;
            }
            log.warn("batch {}: what is staged in {} is another batch, and is removed", batch, uri(directory));
        }
        files().delete(directory);
        entry.stageAnew = false;
        entry.staging = new BatchStaging(
                segments,
                journalId,
                journalIdText,
                files(),
                ground.limits().apply(files()),
                entry.cut,
                entry.start,
                entry.limit);
        entry.state = State.STAGING;
        log.info(
                "batch {}: {} records, {} bytes are parted on Spark, staged in {}",
                batch,
                entry.cut.records(),
                entry.cut.bytes(),
                uri(directory));
        return true;
    }

    private boolean stage(Entry entry) throws IOException {
        directories.add(entry.cut.batch());
        if (entry.staging.step()) {
            entry.staging = null;
            entry.state = State.STAGED;
        }
        return true;
    }

    private boolean submit(Entry entry) throws IOException {
        long batch = entry.cut.batch();
        if (files().exists(StagingPlace.out(batch) + "/" + JobResult.FILE_NAME)) {
            ready(entry);
            return true;
        }
        List<SinkOutput> outputs = ground.outputs().apply(entry.cut);
        boolean runs = entry.needsRuns
                || entry.cut.shape().sinks().stream().anyMatch(sink -> outputs.stream()
                        .noneMatch(output -> output.sink().equals(sink.name())));
        String directory = StagingPlace.directory(batch);
        entry.job = ground.offloader()
                .submit(new DriverRequest.Job(directory + "-" + entry.failures, uri(directory), outputs, runs));
        entry.state = State.SUBMITTED;
        CompletableFuture<?> unused = entry.job.whenComplete((done, failure) -> wakeStage.run());
        return true;
    }

    private boolean take(Entry entry, long nowNanos) throws IOException {
        if (!entry.job.isDone()) {
            tellProgress(entry, nowNanos);
            return false;
        }
        CompletableFuture<DriverAnswer.Done> job = entry.job;
        entry.job = null;
        // Whatever reading the output comes to, the job is not under way any more.
        entry.state = State.STAGED;
        Throwable failure = job.handle((done, thrown) -> thrown).join();
        if (failure == null) {
            ready(entry);
        } else {
            if (failure instanceof OffloadException permanent && permanent.isPermanent()) {
                stageAnew(entry);
            }
            failed(entry, failure.getMessage(), nowNanos);
        }
        return true;
    }

    private void ready(Entry entry) throws IOException {
        long batch = entry.cut.batch();
        String out = StagingPlace.out(batch);
        JobResult result = JobResult.fromJson(read(out + "/" + JobResult.FILE_NAME));
        if (result.batch() != batch || result.multiplicities().records() + result.keyless() != entry.cut.records()) {
            stageAnew(entry);
            throw new IOException("the output in " + uri(out) + " is of batch " + result.batch() + " with "
                    + (result.multiplicities().records() + result.keyless()) + " records");
        }
        if (result.runs().isEmpty() && result.keylessRuns().isEmpty() && !isFinishedForAll(entry.cut, result)) {
            entry.needsRuns = true;
            stageAnew(entry);
            throw new IOException("the output in " + uri(out) + " has nothing for one of its sinks");
        }
        entry.result = new OffloadedBatch(
                journalIdText, entry.cut, entry.end, entry.frames, result, files(), uri(out), ground.windowBytes());
        entry.error = "";
        offloaded.incrementAndGet();
        log.info("batch {}: parted on Spark into {}", batch, result.multiplicities());
        move(entry, State.READY);
    }

    private static boolean isFinishedForAll(Cut cut, JobResult result) {
        return cut.shape().sinks().stream().allMatch(sink -> result.sinks().containsKey(sink.name()));
    }

    private void failed(Entry entry, String reason, long nowNanos) {
        String error = oneLine(reason);
        failures.incrementAndGet();
        entry.failures++;
        if (!error.equals(entry.error)) {
            log.warn("batch {}: not parted on Spark: {}; tried again until it is", entry.cut.batch(), error);
        }
        entry.error = error;
        entry.staging = null;
        if (entry.state == State.STAGING) {
            entry.state = State.LARGE;
        } else if (ground.offloader().status().state() == OffloaderStatus.State.READY
                && ++entry.failedJobs % FAILURES_PER_STAGING == 0) {
            stageAnew(entry);
        }
        // Full jitter: whoever else waits for the same cluster does not come at the same moment.
        long grown = RETRY_BASE_NANOS << Math.min(entry.failures - 1, 30);
        entry.dueNanos = nowNanos + 1 + ground.random().nextLong(Math.min(RETRY_NANOS_MAX, grown));
    }

    /** Spark and Hadoop tell whole stack traces. */
    private static String oneLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= ERROR_CHARS_MAX ? line : line.substring(0, ERROR_CHARS_MAX) + "...";
    }

    private static void stageAnew(Entry entry) {
        entry.stageAnew = true;
        entry.state = State.LARGE;
    }

    private void tellProgress(Entry entry, long nowNanos) {
        if (nowNanos < progressLineAtNanos) {
            return;
        }
        progressLineAtNanos = nowNanos + PROGRESS_LINE_NANOS;
        ground.offloader()
                .status()
                .progress()
                .ifPresent(progress -> log.info(
                        "batch {}: on Spark, stage {} of {}, {} of {} tasks, {} records",
                        entry.cut.batch(),
                        progress.stage(),
                        progress.stages(),
                        progress.done(),
                        progress.tasks(),
                        progress.records()));
    }

    private BatchFiles files() throws IOException {
        if (files == null) {
            files = ground.place().opener().open();
        }
        return files;
    }

    private String read(String path) throws IOException {
        try (InputStream in = files().open(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String uri(String path) {
        return ground.place().uri(path);
    }

    /** Removes what is staged of batches that every sink has and nobody reads. */
    private boolean clean(long nowNanos) {
        if (nowNanos < cleanAtNanos) {
            return false;
        }
        try {
            if (!directories.isKnown()) {
                directories.look(files());
                return true;
            }
            boolean cleaned = false;
            long upTo = settled.getAsLong();
            for (long batch : directories.upTo(upTo)) {
                if (isFree(batch)) {
                    directories.delete(files(), batch);
                    cleaned = true;
                }
            }
            return cleaned;
        } catch (IOException e) {
            log.warn("{} cannot be cleaned: {}; tried again", ground.place().uri(), e.toString());
            cleanAtNanos = nowNanos + CLEAN_AGAIN_NANOS;
            return false;
        }
    }

    /** Whether nobody needs what is staged of a batch; it is forgotten then. */
    private synchronized boolean isFree(long batch) {
        for (Entry entry : entries.values()) {
            if (entry.cut != null && entry.cut.batch() == batch) {
                return entry.tickets == 0 && entry.state == State.READY && entries.remove(entry.start, entry);
            }
        }
        return true;
    }

    /** When {@link #work} has something to do by time alone; {@link Long#MAX_VALUE}: never. */
    public synchronized long wakeAtNanos() {
        long next = directories.isKnown() ? Long.MAX_VALUE : cleanAtNanos;
        for (Entry entry : entries.values()) {
            if (entry.state == State.SUBMITTED) {
                next = Math.min(next, progressLineAtNanos);
            } else if (!entry.isSettled()) {
                next = Math.min(next, entry.dueNanos);
            }
        }
        return next;
    }

    /** How it is doing. */
    public OffloadStatus status() {
        OffloaderStatus now = ground.offloader().status();
        Entry first;
        synchronized (this) {
            first = entries.values().stream()
                    .filter(entry -> entry.cut != null && !entry.isSettled())
                    .findFirst()
                    .orElse(null);
        }
        if (first == null) {
            return new OffloadStatus(OffloadStatus.State.IDLE, 0, "", offloaded.get(), failures.get(), now);
        }
        return new OffloadStatus(shown(first), first.cut.batch(), first.error, offloaded.get(), failures.get(), now);
    }

    private static OffloadStatus.State shown(Entry entry) {
        if (entry.state == State.SUBMITTED) {
            return OffloadStatus.State.RUNNING;
        }
        return entry.error.isEmpty() ? OffloadStatus.State.STAGING : OffloadStatus.State.RETRYING;
    }

    /** Ends the offloader; what is staged stays for the next start. */
    @Override
    public void close() {
        ground.offloader().close();
        if (files != null) {
            files.close();
        }
    }
}
