package io.decant.ingest.source.tcp;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.StreamId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A journal that the test drives: it has room, and syncs, when it is told to. Checks what every block must hold to. */
final class FakeIntake implements Intake, AutoCloseable {

    private final ExecutorService syncer = Executors.newSingleThreadExecutor(task -> new Thread(task, "syncer"));
    private final Map<StreamId, ByteArrayOutputStream> content = new HashMap<>();
    private final Map<StreamId, Long> next = new HashMap<>();
    private final ArrayDeque<Block> unsynced = new ArrayDeque<>();
    private final List<Runnable> awaitingRoom = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private long room = Long.MAX_VALUE;
    private boolean syncsAtOnce = true;
    private int keptStreamsMax = 1_000;
    private int blocks;
    private int largestBlock;
    private int refusedOffers;

    @Override
    public synchronized boolean offer(Block block) {
        if (room == 0) {
            refusedOffers++;
            return false;
        }
        room--;
        byte[] bytes = new byte[block.bytes()];
        block.payload().getBytes(block.payload().readerIndex(), bytes);
        block.release();
        check(block, bytes);
        content.computeIfAbsent(block.stream(), stream -> new ByteArrayOutputStream())
                .writeBytes(bytes);
        next.put(block.stream(), block.next());
        blocks++;
        largestBlock = Math.max(largestBlock, bytes.length);
        unsynced.add(block);
        if (syncsAtOnce) {
            syncer.execute(() -> syncNow(Integer.MAX_VALUE));
        }
        return true;
    }

    private void check(Block block, byte[] bytes) {
        int newlines = 0;
        for (byte b : bytes) {
            newlines += b == '\n' ? 1 : 0;
        }
        if (newlines != block.records() || bytes[bytes.length - 1] != '\n') {
            violations.add(block + " has " + newlines + " newlines in " + bytes.length + " bytes");
        }
        Long expected = next.get(block.stream());
        if (expected != null && expected != block.first()) {
            violations.add(block + " should begin at " + expected);
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

    synchronized FakeIntake keepsStreams(int max) {
        keptStreamsMax = max;
        return this;
    }

    synchronized FakeIntake syncsOnlyWhenTold() {
        syncsAtOnce = false;
        return this;
    }

    /** Takes so many more blocks. */
    synchronized FakeIntake hasRoomFor(long blocksMore) {
        room = blocksMore;
        if (room > 0) {
            awaitingRoom.forEach(syncer::execute);
            awaitingRoom.clear();
        }
        return this;
    }

    /** Syncs everything handed in, and returns when the owners were told. */
    void sync() {
        sync(Integer.MAX_VALUE);
    }

    /** Syncs the oldest blocks, and returns when their owners were told. */
    void sync(int blocksMax) {
        Future<?> done = syncer.submit(() -> syncNow(blocksMax));
        try {
            done.get(Await.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError("the sync failed", e);
        }
    }

    private void syncNow(int blocksMax) {
        for (int i = 0; i < blocksMax; i++) {
            Block block;
            synchronized (this) {
                block = unsynced.poll();
            }
            if (block == null) {
                return;
            }
            block.owner().synced(block);
        }
    }

    synchronized int blocks() {
        return blocks;
    }

    synchronized int largestBlock() {
        return largestBlock;
    }

    synchronized int refusedOffers() {
        return refusedOffers;
    }

    synchronized int wakeUpsAsked() {
        return awaitingRoom.size();
    }

    synchronized List<StreamId> streams() {
        return List.copyOf(content.keySet());
    }

    synchronized long records() {
        return content.values().stream()
                .mapToLong(bytes -> bytes.toString(StandardCharsets.ISO_8859_1)
                        .chars()
                        .filter(c -> c == '\n')
                        .count())
                .sum();
    }

    /** What the only stream brought. */
    synchronized String text() {
        if (content.size() > 1) {
            throw new AssertionError("more than one stream: " + content.keySet());
        }
        return content.values().stream()
                .map(bytes -> bytes.toString(StandardCharsets.ISO_8859_1))
                .findFirst()
                .orElse("");
    }

    /** What every stream brought, by the stream's name. */
    synchronized Map<String, String> texts() {
        Map<String, String> texts = new HashMap<>();
        content.forEach((stream, bytes) -> texts.put(stream.name(), bytes.toString(StandardCharsets.ISO_8859_1)));
        return texts;
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
