package io.decant.ingest.batch;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A few slots of {@value #SLOT_BYTES} bytes each, which outlive the process. Two exist: a file, and the simulation's.
 * One thread at a time.
 */
public interface TrialStore extends AutoCloseable {

    int SLOT_BYTES = 128;

    /** More than there are batches under way at a time: one a sink. */
    int SLOTS = 64;

    /** All slots, zeros where nothing was written. */
    ByteBuffer read() throws IOException;

    /**
     * Writes one slot. It survives the end of the process when this returns.
     *
     * @param content as long as a slot
     * @param sync whether it survives a power cut, too
     */
    void write(int slot, ByteBuffer content, boolean sync) throws IOException;

    @Override
    void close();
}
