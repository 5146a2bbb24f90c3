package io.decant.ingest.source.kafka;

import io.decant.ingest.journal.Intake;

/** Whether the journal has room for blocks of this source. Awaited by the thread that polls; any may ask. */
final class Backpressure {

    private volatile boolean isShort;

    boolean isShort() {
        return isShort;
    }

    /** The journal has refused a block; it will say when it has room again. */
    void await(Intake intake) {
        isShort = true;
        intake.whenRoom(() -> isShort = false);
    }
}
