package io.decant.ingest.demo;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the receiver's thread has to say, on its way to the one that prints: a terminal that stands still must not hold
 * the receiver up. What does not fit is counted instead. One thread announces, one prints.
 */
final class Announcements {

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
