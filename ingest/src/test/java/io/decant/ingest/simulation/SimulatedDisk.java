package io.decant.ingest.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk that forgets what was not synced. It outlives the servers of a simulation; {@link #crash} is what happens to
 * it when one of them ends.
 */
final class SimulatedDisk {

    static final int SEGMENT_BYTES = 40 << 10;
    private static final int NOT_COMPLETE = 0x8000_0000;

    /** The server dies in the middle of an operation of the disk. */
    static final class Crash extends VirtualMachineError {
        private static final long serialVersionUID = 1;

        Crash() {
            super("the power went away");
        }
    }

    /** One file: what a reader sees, and how much of it would survive. */
    static final class SegmentFile {
        final ByteBuffer bytes = ByteBuffer.allocateDirect(SEGMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        final List<Integer> unsynced = new ArrayList<>();
        /**
         * Unsynced, but no force will bring them to the disk: the kernel takes them for clean since a sync of them
         * failed.
         */
        final Set<Integer> failed = new HashSet<>();

        final int capacity;
        int end;
        boolean entryIsDurable;

        /** @param capacity bytes that are preallocated */
        SegmentFile(int capacity) {
            this.capacity = capacity;
        }
    }

    private final Random random;
    final TreeMap<Long, SegmentFile> files = new TreeMap<>();
    private final TreeMap<Long, SegmentFile> unsyncedDeletions = new TreeMap<>();
    private long operationsUntilCrash = Long.MAX_VALUE;
    private long forcesUntilFailure = Long.MAX_VALUE;
    /** No room for a whole segment. */
    boolean full;
    /** Nor for a short one. */
    boolean crammed;

    int salvaged;
    int segments;

    SimulatedDisk(Random random) {
        this.random = random;
    }

    void crashAfter(int operations) {
        operationsUntilCrash = operations;
    }

    void failForceAfter(int forces) {
        forcesUntilFailure = forces;
    }

    /** To be called at the beginning of every operation. */
    void operation() {
        if (operationsUntilCrash != Long.MAX_VALUE && operationsUntilCrash-- <= 0) {
            operationsUntilCrash = Long.MAX_VALUE;
            throw new Crash();
        }
    }

    void beginDocument(SegmentFile file, int length) {
        file.bytes.putInt(file.end, NOT_COMPLETE | length);
    }

    void endDocument(SegmentFile file, ByteBuffer[] parts, int count, int length) {
        int at = file.end + Integer.BYTES;
        for (int i = 0; i < count; i++) {
            ByteBuffer part = parts[i];
            file.bytes.slice(at, part.remaining()).put(part.duplicate());
            at += part.remaining();
        }
        if (at != file.end + Integer.BYTES + length) {
            throw new AssertionError("a document of " + length + " bytes got " + (at - file.end - Integer.BYTES));
        }
        file.bytes.putInt(file.end, length);
        file.unsynced.add(file.end);
        file.end = (at + 3) & ~3;
    }

    void force(SegmentFile file) throws IOException {
        operation();
        if (forceFails()) {
            file.failed.addAll(file.unsynced);
            throw new IOException("Input/output error");
        }
        file.unsynced.retainAll(file.failed);
        file.entryIsDurable = true;
    }

    /** Whether the force that is asked for now is the one that fails. */
    boolean forceFails() {
        if (forcesUntilFailure != Long.MAX_VALUE && forcesUntilFailure-- <= 0) {
            forcesUntilFailure = Long.MAX_VALUE;
            return true;
        }
        return false;
    }

    void writeAgain(SegmentFile file, long from, long to) {
        operation();
        file.failed.removeIf(at -> at >= from && at < to);
    }

    void delete(long number) {
        unsyncedDeletions.put(number, files.remove(number));
    }

    /**
     * The server is gone.
     *
     * @param power whether the machine went with it: then what was not synced is there, or not, or half
     */
    void crash(boolean power) {
        operationsUntilCrash = Long.MAX_VALUE;
        forcesUntilFailure = Long.MAX_VALUE;
        if (power) {
            unsyncedDeletions.forEach((number, file) -> {
                if (random.nextInt(4) == 0) {
                    files.put(number, file);
                }
            });
            files.values().removeIf(file -> !file.entryIsDurable && random.nextBoolean());
            files.values().forEach(this::forget);
            unsyncedDeletions.clear();
        }
    }

    private void forget(SegmentFile file) {
        int mode = random.nextInt(4);
        int kept = mode == 0 ? 0 : random.nextInt(file.unsynced.size() + 1);
        for (int i = 0; i < file.unsynced.size(); i++) {
            int at = file.unsynced.get(i);
            int to = i + 1 < file.unsynced.size() ? file.unsynced.get(i + 1) : file.end;
            boolean survives = mode == 2 ? random.nextBoolean() : i < kept;
            if (!survives && mode == 3 && i == kept) {
                // Torn: a part of it made it to the disk, with or without its header.
                int from = at + random.nextInt(to - at);
                zero(file.bytes, from, from + random.nextInt(to - from) + 1);
            } else if (!survives) {
                zero(file.bytes, at, to);
            }
        }
        zero(file.bytes, file.end, Math.min(SEGMENT_BYTES, file.end + Integer.BYTES));
        file.unsynced.clear();
        file.failed.clear();
    }

    private static void zero(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            bytes.put(i, (byte) 0);
        }
    }

    void truncate(SegmentFile file, int length) {
        zero(file.bytes, length, SEGMENT_BYTES);
        file.end = length;
    }
}
