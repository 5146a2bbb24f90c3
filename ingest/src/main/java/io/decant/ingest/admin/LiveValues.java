package io.decant.ingest.admin;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells open pages of the newest values, each second: they are made once, and the same bytes go to all of them. Nothing
 * is made where nobody reads. Owned by the event loop.
 */
final class LiveValues {

    private static final Logger log = LoggerFactory.getLogger(LiveValues.class);

    private final EventReaders readers;
    private final Supplier<byte[]> frame;
    private final Executor pages;
    private final Executor eventLoop;
    private boolean isMaking;

    /**
     * @param frame makes the values as a frame of {@code text/event-stream}, on {@code pages}
     * @param pages makes what takes time
     * @param eventLoop its thread owns this
     */
    LiveValues(EventReaders readers, Supplier<byte[]> frame, Executor pages, Executor eventLoop) {
        this.readers = readers;
        this.frame = frame;
        this.pages = pages;
        this.eventLoop = eventLoop;
    }

    /** Called once a second. */
    void second() {
        if (isMaking || !readers.hasLive()) {
            return;
        }
        isMaking = true;
        submit(pages, () -> {
            byte[] made = make();
            submit(eventLoop, () -> {
                isMaking = false;
                readers.push(made);
            });
        });
    }

    private static void submit(Executor to, Runnable task) {
        try {
            to.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("the values of the last seconds are not told: the server ends", e);
        }
    }

    private byte[] make() {
        try {
            return frame.get();
        } catch (RuntimeException e) {
            // Pages ask for themselves where they are told nothing.
            log.error("the values of the last seconds cannot be told", e);
            return new byte[0];
        }
    }
}
