package io.decant.ingest.pipeline;

import io.decant.ingest.batch.BatchOffload;
import java.util.Optional;

/**
 * Who is to look again when something has happened. The stages need it to be made, so it gets to know them afterwards,
 * before they run; from then on it is for any thread.
 */
final class StageWaker {

    private final Lanes lanes;
    private WriterStage writer;
    private SyncerStage syncer;
    private KeeperStage keeper;
    private DeadLetterStage deadLetters;
    private LetterReplayStage letterReplay;
    private Optional<OffloadStage> offload = Optional.empty();
    private volatile Pipeline.Waker waker = stage -> {};

    StageWaker(Lanes lanes) {
        this.lanes = lanes;
    }

    void know(
            WriterStage writerStage,
            SyncerStage syncerStage,
            KeeperStage keeperStage,
            DeadLetterStage deadLetterStage,
            LetterReplayStage letterReplayStage,
            Optional<OffloadStage> offloadStage) {
        writer = writerStage;
        syncer = syncerStage;
        keeper = keeperStage;
        deadLetters = deadLetterStage;
        letterReplay = letterReplayStage;
        offload = offloadStage;
    }

    /** Has stages woken by {@code newWaker} from here on; until then nobody sleeps. */
    void by(Pipeline.Waker newWaker) {
        waker = newWaker;
    }

    void writer() {
        waker.wake(writer);
    }

    void syncer() {
        waker.wake(syncer);
    }

    void deadLetters() {
        waker.wake(deadLetters);
    }

    void letterReplay() {
        waker.wake(letterReplay);
    }

    void offload() {
        offload.ifPresent(waker::wake);
    }

    void lane(String sink) {
        waker.wake(lanes.of(sink));
    }

    void lanes() {
        lanes.forEach(waker::wake);
    }

    /** Dead letters are on the disk, or have found room. */
    void afterLetters() {
        writer();
        lanes();
    }

    /** Waking a thread costs about as much as a sync, so only those are woken that have something to do. */
    void afterSync() {
        if (writer.awaitsSync()) {
            writer();
        }
        if (keeper.isDue()) {
            waker.wake(keeper);
        }
        if (offload.map(OffloadStage::offload).filter(BatchOffload::awaitsMarks).isPresent()) {
            offload();
        }
        lanes.forEach(lane -> {
            if (lane.awaitsSync()) {
                waker.wake(lane);
            }
        });
    }
}
