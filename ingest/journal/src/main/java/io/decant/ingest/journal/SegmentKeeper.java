package io.decant.ingest.journal;

import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the disk: prepares the next segment before the writer needs it, removes segments that every sink is past once
 * they need not be retained, and watches the free space. What comes in goes before what is only retained. Owned by one
 * thread, the keeper's; {@link #freeBytes}, {@link #trouble} and {@link #awaitsSync} are for any.
 */
public final class SegmentKeeper implements Stage {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Once room has to be made, so much more than the least is made. */
    private static final double ROOM_FACTOR = 1 / 0.9;

    /** Of more causes than this none is logged before a segment is prepared again. */
    private static final int TOLD_CAUSES_MAX = 8;

    private static final Pattern NUMBER = Pattern.compile("\\w*\\d\\w*");

    private static final Logger log = LoggerFactory.getLogger(SegmentKeeper.class);

    private final SegmentStore store;
    private final SegmentTable segments;
    private final RetainedSegments retained;
    private final Positions positions;
    private final long freeBytesMin;
    private final Runnable wakeWriter;
    private final LongConsumer eachTurn;
    private final StageWaker waker = new StageWaker();
    private volatile long freeBytes;
    /** Why no segment could be prepared since the last one was, without numbers: the log has each of these once. */
    private final Set<String> toldCauses = new HashSet<>();

    private volatile String trouble = "";
    /** What was delivered when segments were last looked for that may go. */
    private volatile long releasedTo = -1;

    private long retryAtNanos = Long.MIN_VALUE;
    private long lookAtNanos = Long.MIN_VALUE;
    private boolean makingRoom;

    /**
     * @param retained what is kept although every sink is past it
     * @param freeBytesMin free disk below which it goes
     * @param eachTurn what else is to be looked at at least twice a second; given the monotonic clock
     */
    public SegmentKeeper(
            SegmentStore store,
            SegmentTable segments,
            RetainedSegments retained,
            Positions positions,
            long freeBytesMin,
            Runnable wakeWriter,
            LongConsumer eachTurn) {
        this.store = store;
        this.segments = segments;
        this.retained = retained;
        this.positions = positions;
        this.freeBytesMin = freeBytesMin;
        this.wakeWriter = wakeWriter;
        this.eachTurn = eachTurn;
        this.freeBytes = Long.MAX_VALUE;
    }

    /** Free bytes of the journal's disk, as of the last look. */
    public long freeBytes() {
        return freeBytes;
    }

    /** Why no next segment can be prepared; empty where one is, or can be. */
    public String trouble() {
        return trouble;
    }

    @Override
    public String name() {
        return "journal-keeper";
    }

    @Override
    public StageWaker waker() {
        return waker;
    }

    /** Whether the next segment is missing, or something was delivered since the last look. */
    @Override
    public boolean awaitsSync() {
        return !store.prepared() || positions.delivered() > releasedTo;
    }

    @Override
    public boolean work(long nowNanos) {
        eachTurn.accept(nowNanos);
        boolean worked = release(nowNanos);
        if (lookAtNanos == Long.MIN_VALUE || nowNanos - lookAtNanos >= 0) {
            lookAtNanos = nowNanos + LOOK_NANOS;
            look();
        }
        if (!store.prepared() && (worked || retryAtNanos == Long.MIN_VALUE || nowNanos - retryAtNanos >= 0)) {
            worked |= prepare(nowNanos);
        }
        return worked;
    }

    @Override
    public long wakeAtNanos() {
        return lookAtNanos == Long.MIN_VALUE ? Long.MAX_VALUE : lookAtNanos;
    }

    private void look() {
        try {
            long free = makeRoom(store.freeBytes());
            if (free != freeBytes) {
                freeBytes = free;
                wakeWriter.run();
            }
        } catch (IOException e) {
            // The disk that cannot say how full it is will fail its next write, which is where it counts.
            log.debug("journal: free space unknown: {}", e.toString());
        }
    }

    /** Lets retained segments go where the disk is short; returns what is free then. */
    private long makeRoom(long free) throws IOException {
        long now = free;
        double wanted = makingRoom ? freeBytesMin * ROOM_FACTOR : freeBytesMin;
        while (now < wanted && giveUpOldest("free disk space is below journal.min-free")) {
            wanted = freeBytesMin * ROOM_FACTOR;
            long before = now;
            now = store.freeBytes();
            if (now <= before) {
                // Others write, too, and some file systems give space back later: the next check continues from there.
                return now;
            }
        }
        if (now >= wanted && store.prepared()) {
            makingRoom = false;
        }
        return now;
    }

    /** Deletes the oldest retained segment before its time; whether there was one. */
    private boolean giveUpOldest(String why) {
        if (!retained.deleteOldest()) {
            return false;
        }
        if (!makingRoom) {
            makingRoom = true;
            log.warn("journal: {}; retained batches are removed early, the oldest first", why);
        }
        return true;
    }

    private boolean release(long nowNanos) {
        long delivered = positions.delivered();
        releasedTo = delivered;
        List<SegmentTable.Segment> passed = segments.removeBefore(delivered);
        passed.forEach(retained::add);
        return retained.deleteExpired(nowNanos);
    }

    private boolean prepare(long nowNanos) {
        try {
            prepareNow();
            retryAtNanos = Long.MIN_VALUE;
            trouble = "";
            if (!toldCauses.isEmpty()) {
                toldCauses.clear();
                log.info("journal: the next segment is prepared now");
            }
            wakeWriter.run();
            return true;
        } catch (IOException e) {
            retryAtNanos = nowNanos + LOOK_NANOS;
            // Each try has a file of its own.
            String cause = NUMBER.matcher(e.toString()).replaceAll("#");
            if (toldCauses.size() < TOLD_CAUSES_MAX && toldCauses.add(cause)) {
                log.warn(
                        "journal: cannot prepare the next segment: {}; sources are paused once the current one is full",
                        e.toString());
            }
            trouble = e.toString();
            return false;
        }
    }

    /**
     * Prepares the next segment; retained ones make room for it if they have to. The keeper's thread, or before any
     * stage runs.
     */
    public void prepareNow() throws IOException {
        while (true) {
            try {
                store.prepare();
                return;
            } catch (IOException e) {
                // Deleting what is retained frees the disk, and no file descriptor.
                if (FileOpening.isOutOfDescriptors(e) || !giveUpOldest("no room for the next segment")) {
                    throw e;
                }
            }
        }
    }
}
