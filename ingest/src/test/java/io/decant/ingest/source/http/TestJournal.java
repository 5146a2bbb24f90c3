package io.decant.ingest.source.http;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A journal that the test drives: it has room, and syncs, when it is told to. What is synced survives, so that a source
 * can be started from what {@link #kept} says, as after a crash.
 */
final class TestJournal implements Intake, AutoCloseable {

    private final ExecutorService syncer = Executors.newSingleThreadExecutor(task -> new Thread(task, "syncer"));
    private final ArrayDeque<Taken> unsynced = new ArrayDeque<>();
    private final List<Runnable> awaitingRoom = new ArrayList<>();
    private final StringBuilder synced = new StringBuilder();
    private final List<Block> syncedBlocks = new ArrayList<>();
    private final Map<String, ResumableStream> kept = new LinkedHashMap<>();
    private final Map<StreamId, Long> next = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long room = Long.MAX_VALUE;
    private boolean syncsAtOnce = true;
    private boolean paused;
    private boolean divides;
    private int keptStreamsMax = 1_000;
    private long requestBytesMax = 1 << 20;
    private int taken;

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Taken(Block block, byte[] payload) {}

    @Override
    public synchronized boolean offer(Block block) {
        if (room == 0) {
            return false;
        }
        room--;
        if (divides && block.records() > 1 && block.isDivisible()) {
            for (Block part : block.splitAfter(1)) {
                take(part);
            }
        } else {
            take(block);
        }
        return true;
    }

    private void take(Block block) {
        byte[] bytes = new byte[block.bytes()];
        block.payload().getBytes(block.payload().readerIndex(), bytes);
        block.release();
        Long expected = next.put(block.stream(), block.next());
        if (expected != null && expected != block.first() && block.first() != 0) {
            violations.add(block + " should begin at " + expected);
        }
        taken++;
        unsynced.add(new Taken(block, bytes));
        if (syncsAtOnce) {
            syncer.execute(() -> syncNow(Integer.MAX_VALUE));
        }
    }

    @Override
    public synchronized void whenRoom(Runnable wakeUp) {
        if (room > 0) {
            syncer.execute(wakeUp);
        } else {
            awaitingRoom.add(wakeUp);
        }
    }

    @Override
    public synchronized int keptStreamsMax() {
        return keptStreamsMax;
    }

    @Override
    public synchronized long requestBytesMax() {
        return requestBytesMax;
    }

    @Override
    public synchronized boolean isPaused() {
        return paused;
    }

    synchronized void pause(boolean now) {
        paused = now;
    }

    synchronized void keepsStreams(int max) {
        keptStreamsMax = max;
    }

    /** Room for so many keys of this length. */
    synchronized void keepsRequests(int count, int nameLength) {
        requestBytesMax = count * JournalState.requestBytes("x".repeat(nameLength));
    }

    synchronized TestJournal syncsOnlyWhenTold() {
        syncsAtOnce = false;
        return this;
    }

    /** From now on a batch ends behind the first record of each block. */
    synchronized TestJournal dividesBlocks() {
        divides = true;
        return this;
    }

    synchronized void hasRoomFor(long blocks) {
        room = blocks;
        if (room > 0) {
            awaitingRoom.forEach(syncer::execute);
            awaitingRoom.clear();
        }
    }

    /** Syncs the oldest blocks, and returns when their owners were told. */
    void sync(int blocksMax) {
        try {
            syncer.submit(() -> syncNow(blocksMax)).get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the sync failed", e);
        }
    }

    private void syncNow(int blocksMax) {
        for (int i = 0; i < blocksMax; i++) {
            Taken oldest;
            synchronized (this) {
                oldest = unsynced.poll();
                if (oldest == null) {
                    return;
                }
                synced.append(new String(oldest.payload, StandardCharsets.ISO_8859_1));
                Block block = oldest.block;
                syncedBlocks.add(block);
                if (block.stream().kept()) {
                    kept.put(
                            block.stream().name(),
                            new ResumableStream(
                                    block.next(), 0, ResumePoint.NO_OFFSET, ResumePoint.NO_TOPIC, block.cursor()));
                }
            }
            oldest.block.owner().synced(oldest.block);
        }
    }

    /** The machine fails: what is not synced is lost. */
    synchronized void crash() {
        unsynced.clear();
        next.clear();
        kept.forEach((name, position) -> next.put(new StreamId("in", name, true), position.next()));
    }

    /** What a start finds. */
    synchronized Map<String, ResumableStream> kept() {
        return new LinkedHashMap<>(kept);
    }

    /** All that is synced, in its order. */
    synchronized String text() {
        return synced.toString();
    }

    /** The headers of all blocks that are synced. */
    synchronized List<Block> blocks() {
        return List.copyOf(syncedBlocks);
    }

    /** Blocks that were handed in, synced or not. */
    synchronized int taken() {
        return taken;
    }

    synchronized OpaqueBytes lastCursor() {
        return syncedBlocks.get(syncedBlocks.size() - 1).cursor();
    }

    @Override
    public void close() {
        syncer.shutdown();
        synchronized (this) {
            if (!violations.isEmpty()) {
                throw new AssertionError(violations);
            }
        }
    }
}
