package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The batches that are in memory, each once, however many sinks are at it: loaded for the first, closed after the last.
 * Sinks that keep pace cost what one does; memory is bounded by the number of different batches that are being
 * delivered. A large batch is not loaded, but asked for, and read by each sink for itself.
 *
 * <p>Thread-safe. A batch in memory is read by any number of threads; one that comes while another loads it waits
 * for that one, which is no longer than loading it again would take. No thread waits for a large one: it is open when
 * it is.
 */
public final class SharedBatches {

    private final BatchLoader loader;
    private final Optional<BatchOffload> offload;
    private final Map<Long, Shared> byStart = new HashMap<>();

    /** @param offload what large batches are left to; empty: all are loaded */
    public SharedBatches(BatchLoader loader, Optional<BatchOffload> offload) {
        this.loader = loader;
        this.offload = offload;
    }

    /** All batches are loaded. */
    public SharedBatches(BatchLoader loader) {
        this(loader, Optional.empty());
    }

    /** A batch, and how many are at it. */
    private static final class Shared {
        private final BatchPlace place;
        /** Guarded by the map. */
        private int leases;
        /** Guarded by this. */
        private BatchLoader.Loaded loaded;
        /** Guarded by this. */
        private BatchOffload.Ticket ticket;
        /** Of a batch that is loaded, as soon as it is known. */
        private volatile Cut cut;

        Shared(BatchPlace place) {
            this.place = place;
        }

        private synchronized void close() {
            if (loaded != null) {
                loaded.close();
            }
            if (ticket != null) {
                ticket.close();
            }
        }
    }

    /** One's share in a batch, to be closed by the caller that opened it. For one thread. */
    public final class Lease implements AutoCloseable {
        private final Shared shared;
        private final long cut;
        private OpenBatch batch;
        private long end;
        /** Whether the batch is this one's alone. */
        private boolean own;

        private boolean closed;

        private Lease(Shared shared, long cut) {
            this.shared = shared;
            this.cut = cut;
        }

        /**
         * Whether the batch can be read by now. Where it cannot, it is a large one, or may be.
         *
         * @throws JournalException where the journal does not hold the batch
         */
        public boolean isOpen() {
            if (batch == null) {
                tryToOpen();
            }
            return batch != null;
        }

        @SuppressWarnings("ReferenceEquality") // Whether it is the very one that all share, and that the loader closes.
        private void tryToOpen() {
            synchronized (shared) {
                if (shared.loaded == null && isLeftToOffload()) {
                    if (shared.ticket.isLarge()) {
                        OffloadedBatch offloaded = shared.ticket.batch();
                        shared.place.require(offloaded.cut());
                        // With other settings the next server may load it.
                        loader.opened(offloaded.cut().batch());
                        batch = offloaded.open();
                        end = offloaded.end();
                        own = true;
                    }
                    return;
                }
                if (shared.loaded == null) {
                    shared.loaded = loader.load(shared.place, cut, closing -> shared.cut = closing);
                }
                batch = shared.loaded.readers().get();
                own = batch != shared.loaded.batch();
                end = shared.loaded.end();
            }
        }

        /** Whether the batch is large, or may be and it is not known yet. */
        private boolean isLeftToOffload() {
            if (shared.ticket == null) {
                if (offload.isEmpty() || !offload.get().mayBeLarge(shared.place, cut)) {
                    return false;
                }
                shared.ticket = offload.get().ask(shared.place, cut);
            }
            return !shared.ticket.isDecided() || shared.ticket.isLarge();
        }

        /** The batch, once it {@linkplain #isOpen is open}. */
        public OpenBatch batch() {
            return batch;
        }

        /** The batch's cut, as soon as it is known. */
        public Optional<Cut> cut() {
            if (batch != null) {
                return Optional.of(batch.cut());
            }
            synchronized (shared) {
                return shared.ticket == null ? Optional.empty() : Optional.ofNullable(shared.ticket.cut());
            }
        }

        /** Position behind its cut, once it is open: where the next batch begins. */
        public long end() {
            return end;
        }

        /** Again: nothing. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                if (own) {
                    batch.close();
                }
                giveBack(shared);
            }
        }
    }

    /**
     * The batch at a place: open, unless it is left to what splits large ones.
     *
     * @param cut the position {@code cut}: everything before it is synced, and the batch's closing cut is
     */
    public Lease open(BatchPlace place, long cut) {
        Shared shared;
        synchronized (byStart) {
            shared = byStart.computeIfAbsent(place.start(), at -> new Shared(place));
            shared.leases++;
        }
        Lease lease = new Lease(shared, cut);
        boolean opened = false;
        try {
            lease.tryToOpen();
            opened = true;
            return lease;
        } finally {
            if (!opened) {
                giveBack(shared);
            }
        }
    }

    /** The cut of a batch that is in memory or being loaded, as soon as it is known; any thread. */
    public Optional<Cut> cutOf(BatchPlace place) {
        synchronized (byStart) {
            return Optional.ofNullable(byStart.get(place.start())).map(shared -> shared.cut);
        }
    }

    /** Has every batch that is being loaded be left, and none be loaded any more; any thread. */
    public void stop() {
        loader.stop();
    }

    private void giveBack(Shared shared) {
        synchronized (byStart) {
            if (--shared.leases > 0) {
                return;
            }
            byStart.remove(shared.place.start());
        }
        // The last one: it can no longer be found.
        shared.close();
    }

    /** How many different batches are in memory, or on the way there. */
    public int size() {
        synchronized (byStart) {
            return byStart.size();
        }
    }
}
