package io.decant.ingest.batch;

import java.nio.ByteBuffer;

/** Slots in memory. What was not synced may be forgotten, as by a power cut. */
public final class MemoryTrialStore implements TrialStore {

    private byte[] written = new byte[SLOTS * SLOT_BYTES];
    private byte[] synced = written.clone();
    public int writes;
    public int syncs;

    @Override
    public ByteBuffer read() {
        return ByteBuffer.wrap(written.clone());
    }

    @Override
    public void write(int slot, ByteBuffer content, boolean sync) {
        content.get(written, slot * SLOT_BYTES, SLOT_BYTES);
        writes++;
        if (sync) {
            syncs++;
            synced = written.clone();
        }
    }

    /** The machine loses power. */
    public void cutPower() {
        written = synced.clone();
    }

    @Override
    public void close() {}
}
