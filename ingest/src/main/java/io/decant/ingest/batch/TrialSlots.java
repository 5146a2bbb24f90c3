package io.decant.ingest.batch;

import io.decant.offload.log.LoggedCauses;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slots in which {@link BatchTrials} counts, one for a batch, as many as the {@link TrialStore} has room for. A
 * slot whose batch is no longer needed is taken for another one. Where the store cannot be used, the slots count in
 * memory, and the log says so. Thread-safe; its monitor also guards the slots' fields.
 */
final class TrialSlots implements AutoCloseable {

    /** Of the class that they are for. */
    private static final Logger log = LoggerFactory.getLogger(BatchTrials.class);

    private final TrialStore store;
    private final int journalId;
    private final long memory;
    private final LongPredicate passed;
    private final LongSupplier nanoTime;
    /** Null until the store is read. */
    private TrialSlot[] slots;

    /** Of what is in the way of counting. */
    private final LoggedCauses causes = new LoggedCauses();

    /**
     * @param memory that this process has, in bytes
     * @param passed whether every sink has a batch, durably: only a replay comes back to it
     * @param nanoTime the monotonic clock
     */
    TrialSlots(TrialStore store, int journalId, long memory, LongPredicate passed, LongSupplier nanoTime) {
        this.store = store;
        this.journalId = journalId;
        this.memory = memory;
        this.passed = passed;
        this.nanoTime = nanoTime;
    }

    /** The slot of a batch, or a new one for it, of which what cannot be written down counts as loaded. */
    synchronized TrialSlot of(long batch) {
        if (slots == null) {
            load();
        }
        boolean loadedBefore = false;
        int free = -1;
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] != null && slots[i].batch == batch) {
                return slots[i];
            }
            loadedBefore |= slots[i] != null && slots[i].loadedBefore && slots[i].batch > batch && isNeeded(i);
            if (isFree(i) && (free < 0 || age(i) < age(free))) {
                free = i;
            }
        }
        if (free < 0) {
            free = merged();
        }
        TrialSlot slot = new TrialSlot(batch);
        slot.memory = memory;
        // What cannot be written down counts as loaded: then nothing of it is set aside.
        slot.loaded = loadedBefore || free < 0;
        if (free >= 0) {
            slots[free] = slot;
        }
        return slot;
    }

    /** A sink may come back to a batch that was in memory, and must then find it as it was. */
    private boolean isFree(int i) {
        return slots[i] == null || !isNeeded(i) || (slots[i].tries == 0 && !slots[i].loaded);
    }

    private boolean isNeeded(int i) {
        return !passed.test(slots[i].batch);
    }

    /** Has the second of the batches that were in memory stand for the first one, too; its place, or -1. */
    private int merged() {
        int first = -1;
        int second = -1;
        for (int i = 0; i < slots.length; i++) {
            if (slots[i].loaded && slots[i].tries == 0) {
                if (first < 0 || slots[i].batch < slots[first].batch) {
                    second = first;
                    first = i;
                } else if (second < 0 || slots[i].batch < slots[second].batch) {
                    second = i;
                }
            }
        }
        if (second < 0) {
            return -1;
        }
        slots[second].loadedBefore = true;
        write(slots[second], false);
        return first;
    }

    private long age(int i) {
        return slots[i] == null ? 0 : slots[i].batch;
    }

    private void load() {
        slots = new TrialSlot[TrialStore.SLOTS];
        try {
            ByteBuffer bytes = store.read();
            for (int i = 0; i < slots.length; i++) {
                slots[i] = TrialSlot.decode(bytes.slice(i * TrialStore.SLOT_BYTES, TrialStore.SLOT_BYTES), journalId);
            }
        } catch (IOException | RuntimeException e) {
            trouble(e);
        }
    }

    /** Writes a slot, if it has a place in the store. */
    synchronized void write(TrialSlot slot, boolean sync) {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] == slot) {
                try {
                    store.write(i, slot.encode(journalId), sync);
                    if (causes.works(nanoTime.getAsLong())) {
                        log.info("attempts at batches are counted again");
                    }
                } catch (IOException e) {
                    trouble(e);
                }
            }
        }
    }

    private void trouble(Exception e) {
        if (causes.failed(LoggedCauses.kind(e), nanoTime.getAsLong())) {
            log.warn("attempts at batches are not counted, since their file cannot be used: {}", e.toString());
        }
    }

    /** Gives the store back. */
    @Override
    public synchronized void close() {
        store.close();
    }
}
