package io.decant.ingest.source.kafka;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Intake;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** What the source hands in, synced when it is told to. */
final class SlowJournal implements Intake {

    private final List<String> handedIn = new ArrayList<>();
    private final ArrayDeque<Block> unsynced = new ArrayDeque<>();
    private boolean hasRoom = true;
    private Runnable wakeUp = () -> {};

    @Override
    public synchronized boolean offer(Block block) {
        if (hasRoom) {
            handedIn.add(block.first() + "+" + block.records() + "@" + block.resumeOffset() + "#"
                    + block.topicId().getLeastSignificantBits());
            block.release();
            unsynced.add(block);
        }
        return hasRoom;
    }

    @Override
    public synchronized void whenRoom(Runnable wake) {
        wakeUp = wake;
    }

    @Override
    public int keptStreamsMax() {
        return 10;
    }

    synchronized void room(boolean has) {
        hasRoom = has;
        if (has) {
            wakeUp.run();
        }
    }

    /** Syncs the oldest block that is not. */
    synchronized void syncOne() {
        Block block = unsynced.remove();
        block.owner().synced(block);
    }

    synchronized void sync() {
        unsynced.forEach(block -> block.owner().synced(block));
        unsynced.clear();
    }

    /** {@code <first>+<records>@<resume offset>#<topic>} of each block. */
    synchronized List<String> handedIn() {
        return List.copyOf(handedIn);
    }
}
