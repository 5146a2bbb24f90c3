package io.decant.ingest.demo;

import io.decant.harness.BucketVerifier.Tally;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the demo says: lines on {@code out}, progress on {@code err}. On a terminal there is one line of progress, drawn
 * repeatedly and erased before any other output; elsewhere each is a line of its own. Owned by one thread.
 */
public final class Screen {

    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean redraws;
    private boolean drawn;

    /** @param errIsTerminal whether {@code err} can be drawn over */
    public Screen(PrintWriter out, PrintWriter err, boolean errIsTerminal) {
        this.out = out;
        this.err = err;
        this.redraws = errIsTerminal;
    }

    /** Whether progress is drawn over, and so may be told often. */
    boolean redraws() {
        return redraws;
    }

    /** Says a line, or several. */
    void line(String text) {
        erase();
        out.print(text + "\n");
        out.flush();
    }

    /** The same, by a format. */
    void format(String format, Object... values) {
        line(String.format(Locale.ROOT, format, values));
    }

    /** Tells how far it is. */
    void progress(String text) {
        err.print(redraws ? ERASE_LINE + text : text + "\n");
        err.flush();
        drawn = redraws;
    }

    /** Erases the line of progress. */
    void erase() {
        if (drawn) {
            err.print(ERASE_LINE);
            err.flush();
            drawn = false;
        }
    }

    /**
     * What the receiver's thread has to say, on its way to the one that prints: a terminal that stands still must not
     * hold the receiver up. What does not fit is counted instead. One thread announces, one prints.
     */
    static final class Announcements {

        /** Lines and blocks of lines that may wait. */
        private static final int WAITING_MAX = 256;

        private final ArrayBlockingQueue<String> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
        private final AtomicLong left = new AtomicLong();

        /** Hands a text over, to be said soon. */
        void announce(String text) {
            if (!waiting.offer(text)) {
                left.incrementAndGet();
            }
        }

        /** Says all that waits. */
        void sayTo(Screen screen) {
            for (String text = waiting.poll(); text != null; text = waiting.poll()) {
                screen.line(text);
            }
            long notSaid = left.getAndSet(0);
            if (notSaid > 0) {
                screen.format("  ... and %,d more that came too fast to show", notSaid);
            }
        }
    }

    /**
     * Tells now and then how fast it goes, in records a second, over the time since it was last told. Owned by one
     * thread.
     */
    static final class DemoProgress {

        private static final long REDRAWN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
        private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(2);

        private final Screen screen;
        private final long startNanos;
        private long toldNanos;
        private long acknowledged;
        private Tally received = Tally.EMPTY;

        DemoProgress(Screen screen, long nowNanos) {
            this.screen = screen;
            this.startNanos = nowNanos;
            this.toldNanos = nowNanos;
        }

        /** Tells it, if it was not told just now. */
        void tell(long nowNanos, long nowAcknowledged, Tally nowReceived) {
            long since = nowNanos - toldNanos;
            if (since < (screen.redraws() ? REDRAWN_NANOS : LINE_NANOS)) {
                return;
            }
            double seconds = since / 1e9;
            screen.progress(String.format(
                    Locale.ROOT,
                    "%5.0f s  %,9.0f/s acknowledged  %,9.0f/s delivered  %,8.0f/s duplicates",
                    (nowNanos - startNanos) / 1e9,
                    (nowAcknowledged - acknowledged) / seconds,
                    (nowReceived.records().records() - received.records().records()) / seconds,
                    (nowReceived.repeats() - received.repeats()) / seconds));
            toldNanos = nowNanos;
            acknowledged = nowAcknowledged;
            received = nowReceived;
        }
    }
}
