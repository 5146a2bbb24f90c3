package io.decant.ingest.batch;

import java.util.HashMap;
import java.util.Map;

/**
 * The batches that are in memory, each once, however many sinks are at it: loaded for the first, closed after the last. Sinks that
 * keep pace cost what one does; memory is bounded by the number of different batches that are being delivered.
 *
 * <p>Thread-safe. A batch is read by any number of threads at once; who comes while another loads it waits for that one, which
 * is no longer than loading it again would take.
 */
public final class SharedBatches {

    private final BatchLoader loader;
    private final Map<Long, Shared> byStart = new HashMap<>();

    public SharedBatches(BatchLoader loader) {
        this.loader = loader;
    }

    /** A batch, and how many are at it. */
    private static final class Shared {
        private final long start;
        /** Guarded by the map. */
        private int leases;
        /** Guarded by this. */
        private BatchLoader.Loaded loaded;

        Shared(long start) {
            this.start = start;
        }

        synchronized BatchLoader.Loaded load(BatchLoader loader, long cut) {
            if (loaded == null) {
                loaded = loader.load(start, cut);
            }
            return loaded;
        }
    }

    /** One's share in a batch, to be closed by whoever opened it. */
    public final class Lease implements AutoCloseable {
        private final Shared shared;
        private final BatchLoader.Loaded loaded;
        private boolean closed;

        private Lease(Shared shared, BatchLoader.Loaded loaded) {
            this.shared = shared;
            this.loaded = loaded;
        }

        public OpenBatch batch() {
            return loaded.batch();
        }

        /** Position behind its cut: where the next batch begins. */
        public long end() {
            return loaded.end();
        }

        /** Again: nothing. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                giveBack(shared);
            }
        }
    }

    /**
     * The batch that begins at {@code start}.
     *
     * @param cut the position {@code cut}: everything before it is synced, and the batch's closing cut is
     */
    public Lease open(long start, long cut) {
        Shared shared;
        synchronized (byStart) {
            shared = byStart.computeIfAbsent(start, Shared::new);
            shared.leases++;
        }
        boolean opened = false;
        try {
            Lease lease = new Lease(shared, shared.load(loader, cut));
            opened = true;
            return lease;
        } finally {
            if (!opened) {
                giveBack(shared);
            }
        }
    }

    private void giveBack(Shared shared) {
        synchronized (byStart) {
            if (--shared.leases > 0) {
                return;
            }
            byStart.remove(shared.start);
        }
        // The last one: nobody finds it any more.
        synchronized (shared) {
            if (shared.loaded != null) {
                shared.loaded.close();
            }
        }
    }

    /** How many different batches are in memory, or on the way there. */
    public int size() {
        synchronized (byStart) {
            return byStart.size();
        }
    }
}
