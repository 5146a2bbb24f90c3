package io.decant.ingest.admin;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells open pages of the newest values, each second, and of the status, now and then: they are made once, and the
 * same bytes go to all of them. Nothing is made where nobody reads. Their frames of {@code text/event-stream} have no
 * id, for nobody resumes from them. Owned by the event loop.
 */
final class LiveValues {

    /** How often the status is told. */
    static final int STATUS_SECONDS = 3;

    private static final Logger log = LoggerFactory.getLogger(LiveValues.class);

    private final EventReaders readers;
    private final Supplier<String> values;
    private final Supplier<String> status;
    private final Executor pages;
    private final Executor eventLoop;
    private boolean isMaking;
    private int seconds;

    /**
     * @param values makes the newest values, a line of JSON, on {@code pages}
     * @param status makes the status, as well
     * @param pages makes what takes time
     * @param eventLoop its thread owns this
     */
    LiveValues(
            EventReaders readers,
            Supplier<String> values,
            Supplier<String> status,
            Executor pages,
            Executor eventLoop) {
        this.readers = readers;
        this.values = values;
        this.status = status;
        this.pages = pages;
        this.eventLoop = eventLoop;
    }

    /** Called once a second. */
    void second() {
        if (isMaking || !readers.hasLive()) {
            return;
        }
        isMaking = true;
        boolean withStatus = seconds++ % STATUS_SECONDS == 0;
        submit(pages, () -> {
            byte[] made = make(withStatus);
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

    private byte[] make(boolean withStatus) {
        try {
            String frames = frame("seconds", values.get()) + (withStatus ? frame("status", status.get()) : "");
            return frames.getBytes(StandardCharsets.UTF_8);
        } catch (RuntimeException e) {
            // Pages ask for themselves where they are told nothing.
            log.error("the values of the last seconds cannot be told", e);
            return new byte[0];
        }
    }

    private static String frame(String event, String data) {
        return "event: " + event + "\ndata: " + data + "\n\n";
    }
}
