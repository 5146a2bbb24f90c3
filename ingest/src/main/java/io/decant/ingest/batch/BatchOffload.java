package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import io.decant.offload.client.Offloader;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.client.SparkWork;
import io.decant.offload.files.AttemptFailure;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.staging.BlockFileLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Has large batches split outside the server: looks how large they are, stages them, hands them in until they are
 * split, and cleans up when every sink has them. Whoever needs a batch takes a {@link Ticket} and looks at it now and
 * then; nobody waits here but the thread that calls {@link #work}, for the filesystem. {@link OffloadState} is the way
 * of one batch.
 *
 * <p>A batch is the same whenever it is staged, and so is what comes out; so after any crash what is there may be gone
 * on with, or done again. {@link #work}, {@link #wakeAtNanos} and {@link #close} are for one thread, the rest is for
 * any.
 */
public final class BatchOffload implements Stage, AutoCloseable {

    private final OffloadContext ground;
    private final JournalView journal;
    private final ExcludedRecords excluded;
    private final LongSupplier settled;
    private final Consumer<Cut> offloading;
    private final StageWaker waker = new StageWaker();
    private final Runnable wakeLanes;

    private final StagingArea area;
    private final OffloadRetry retry;
    private final BatchStager stager;
    private final BatchSplitter splitter;
    /** By position. Guarded by this. */
    private final TreeMap<Long, OffloadTask> asked = new TreeMap<>();

    /**
     * What offloading needs from outside.
     *
     * @param aboveBytes batches with more bytes than this are large
     * @param windowBytes memory that each reader of an offloaded batch may take
     * @param limits of block files, by the filesystem that they are staged on
     * @param outputs the sinks of a batch whose directories are to be made as they would make them
     * @param random of the delays between attempts
     */
    public record OffloadContext(
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
     * @param wakeLanes told when a ticket has news
     */
    public BatchOffload(
            OffloadContext ground,
            JournalView journal,
            ExcludedRecords excluded,
            LongSupplier settled,
            Consumer<Cut> offloading,
            Runnable wakeLanes) {
        this.ground = ground;
        this.journal = journal;
        this.excluded = excluded;
        this.settled = settled;
        this.offloading = offloading;
        this.wakeLanes = wakeLanes;
        this.area = new StagingArea(ground.place());
        this.retry = new OffloadRetry(ground.offloader(), ground.random());
        this.stager = new BatchStager(area, ground.limits(), journal);
        this.splitter = new BatchSplitter(ground, area, retry, excluded, journal.idText(), waker);
    }

    /** One's interest in a batch. */
    public final class Ticket implements AutoCloseable {
        private final OffloadTask batch;
        private boolean closed;

        private Ticket(OffloadTask batch) {
            this.batch = batch;
        }

        /**
         * Whether it is known what becomes of the batch: {@link #isLarge} says what.
         *
         * @throws JournalException where the journal does not hold it
         */
        boolean isDecided() {
            JournalException damage = batch.damage();
            if (damage != null) {
                throw damage;
            }
            return batch.isSettled();
        }

        boolean isLarge() {
            return batch.state() == OffloadState.READY;
        }

        OffloadedBatch batch() {
            return batch.result();
        }

        /** The batch's cut; null as long as nobody has looked. */
        Cut cut() {
            return batch.cut();
        }

        /** Again: nothing. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                giveBack(batch);
            }
        }
    }

    /** Whether a batch may be large, where cuts are known up to {@code cut}. */
    boolean mayBeLarge(BatchPlace place, long cut) {
        return cut - place.start() > ground.aboveBytes();
    }

    /**
     * Asks for a batch.
     *
     * @param cut the position {@code cut}: everything before it is synced, and the batch's closing cut is
     */
    Ticket ask(BatchPlace place, long cut) {
        OffloadTask batch;
        synchronized (this) {
            batch = asked.computeIfAbsent(
                    place.start(), at -> new OffloadTask(new CutScanner(journal, at, cut), wakeLanes));
            batch.addTicket();
        }
        waker.wake();
        return new Ticket(batch);
    }

    private void giveBack(OffloadTask batch) {
        synchronized (this) {
            batch.removeTicket();
        }
        waker.wake();
    }

    @Override
    public String name() {
        return "offload";
    }

    @Override
    public StageWaker waker() {
        return waker;
    }

    /** It waits for filesystems. */
    @Override
    public boolean waitsForOthers() {
        return true;
    }

    /** Marks that are synced may let it remove what is staged. */
    @Override
    public synchronized boolean awaitsSync() {
        return !asked.isEmpty();
    }

    /** Does what there is to do, for a moment: writes a block file at the most. */
    @Override
    public boolean work(long nowNanos) {
        boolean worked = area.clean(settled.getAsLong(), this::forget, nowNanos);
        for (OffloadTask batch : current()) {
            worked |= work(batch, nowNanos);
        }
        return worked;
    }

    private synchronized List<OffloadTask> current() {
        // A small one is nobody's business here once it is known.
        asked.values()
                .removeIf(batch -> !batch.hasTickets()
                        && batch.state() != OffloadState.READY
                        && batch.state() != OffloadState.SUBMITTED);
        return new ArrayList<>(asked.values());
    }

    private boolean work(OffloadTask batch, long nowNanos) {
        if (nowNanos < batch.dueNanos()) {
            return false;
        }
        try {
            return step(batch, nowNanos);
        } catch (JournalException e) {
            if (e.kind() == JournalException.Kind.OUT_OF_DESCRIPTORS) {
                // The journal is as it was; others may give some back.
                retry.failed(batch, e, nowNanos);
            } else {
                batch.damaged(e);
            }
        } catch (IOException e) {
            retry.failed(batch, e, nowNanos);
        } catch (RuntimeException | Error e) {
            // Whatever it is, it concerns this batch alone.
            if (!AttemptFailure.covers(e)) {
                throw e;
            }
            retry.failed(batch, e, nowNanos);
        }
        return true;
    }

    private boolean step(OffloadTask batch, long nowNanos) throws IOException {
        switch (batch.state()) {
            case ASKED -> look(batch);
            case LARGE -> stager.begin(batch);
            case STAGING -> stager.step(batch);
            case STAGED -> splitter.submit(batch);
            case SUBMITTED -> {
                return splitter.look(batch, nowNanos);
            }
            case SMALL, READY, DAMAGED -> {
                return false;
            }
        }
        return true;
    }

    private void look(OffloadTask batch) {
        Cut cut = batch.look();
        if (cut == null) {
            return;
        }
        CutScanner extent = batch.extent();
        batch.exclude(excluded.of(cut.batch(), extent.end(), extent.limit()));
        // Of a batch whose records are all set aside nothing is left to stage.
        if (cut.bytes() > ground.aboveBytes() && batch.excluded().size() < cut.records()) {
            offloading.accept(cut);
            batch.large();
        } else {
            batch.small();
        }
    }

    /** Whether nobody needs what is staged of a batch; it is forgotten then. */
    private synchronized boolean forget(long number) {
        for (OffloadTask batch : asked.values()) {
            if (batch.cut() != null && batch.number() == number) {
                return !batch.hasTickets() && batch.state() == OffloadState.READY && asked.remove(batch.start(), batch);
            }
        }
        return true;
    }

    @Override
    public synchronized long wakeAtNanos() {
        long next = area.cleanAtNanos();
        for (OffloadTask batch : asked.values()) {
            if (batch.state() == OffloadState.SUBMITTED) {
                next = Math.min(next, Math.max(splitter.progressLineAtNanos(), batch.dueNanos()));
            } else if (!batch.isSettled()) {
                next = Math.min(next, batch.dueNanos());
            }
        }
        return next;
    }

    /** How it is doing. */
    public OffloadStatus status() {
        OffloaderStatus now = ground.offloader().status();
        SparkWork spark = splitter.work().expecting(now.predicted());
        OffloadTask first;
        synchronized (this) {
            first = asked.values().stream()
                    .filter(batch -> !batch.isSettled()
                            && (batch.cut() != null || !batch.error().isEmpty()))
                    .findFirst()
                    .orElse(null);
        }
        if (first == null) {
            return new OffloadStatus(
                    OffloadStatus.State.IDLE, 0, area.trouble(), splitter.splits(), retry.failures(), now, spark);
        }
        long number = first.cut() == null ? 0 : first.number();
        return new OffloadStatus(shown(first), number, first.error(), splitter.splits(), retry.failures(), now, spark);
    }

    private static OffloadStatus.State shown(OffloadTask batch) {
        if (batch.state() == OffloadState.SUBMITTED) {
            return OffloadStatus.State.RUNNING;
        }
        return batch.error().isEmpty() ? OffloadStatus.State.STAGING : OffloadStatus.State.RETRYING;
    }

    /** Ends the offloader; what is staged stays for the next start. */
    @Override
    public void close() {
        ground.offloader().close();
        area.close();
    }
}
