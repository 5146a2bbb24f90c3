package io.decant.ingest.cli;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * Passes text on in a thread of its own, so that no caller waits for a reader that does not read: a pipe that is full,
 * a terminal that is stopped. At most {@value #CHARS_MAX} characters wait. What comes then is dropped, by whole pieces,
 * and counted; once there is room again, a line says how many lines are missing there.
 *
 * <p>What is written between two calls of {@link #flush} is one piece. Thread-safe; only {@link #awaitWritten} waits.
 */
final class QueuedWriter extends Writer {

    static final int CHARS_MAX = 512 << 10;

    private final Writer target;
    private final String threadName;
    private final LongConsumer whenDropped;
    private final LongFunction<String> notice;
    private final Deque<String> queue = new ArrayDeque<>();
    private final StringBuilder piece = new StringBuilder();
    private int queuedChars;
    private long droppedLines;
    private boolean writing;
    private boolean started;

    /**
     * @param target may block; used by one thread
     * @param threadName of the one that writes, a daemon; it starts with the first piece
     * @param whenDropped told how many lines were, in the thread that wrote them: must not wait
     * @param notice the line that says how many were dropped, its end included
     */
    QueuedWriter(Writer target, String threadName, LongConsumer whenDropped, LongFunction<String> notice) {
        this.target = target;
        this.threadName = threadName;
        this.whenDropped = whenDropped;
        this.notice = notice;
    }

    @Override
    public synchronized void write(char[] chars, int offset, int length) {
        piece.append(chars, offset, length);
        queueIfLong();
    }

    @Override
    public synchronized void write(String text, int offset, int length) {
        piece.append(text, offset, offset + length);
        queueIfLong();
    }

    /** A piece without an end must not grow without one. */
    private void queueIfLong() {
        if (piece.length() >= CHARS_MAX) {
            flush();
        }
    }

    /** Ends the piece; does not wait until it is written. */
    @Override
    public synchronized void flush() {
        if (piece.length() == 0) {
            return;
        }
        String text = piece.toString();
        piece.setLength(0);
        // The one piece that is longer than all that may wait finds room in an empty queue.
        boolean isGap = droppedLines > 0 && !queue.isEmpty();
        boolean isFull = queuedChars > 0 && queuedChars + text.length() > CHARS_MAX;
        if (isGap || isFull) {
            long lines = lines(text);
            droppedLines += lines;
            whenDropped.accept(lines);
            return;
        }
        if (droppedLines > 0) {
            queue(notice.apply(droppedLines));
            droppedLines = 0;
        }
        queue(text);
        if (!started) {
            started = true;
            Thread thread = new Thread(this::run, threadName);
            thread.setDaemon(true);
            thread.start();
        }
        notifyAll();
    }

    private static long lines(String text) {
        return Math.max(1, text.chars().filter(c -> c == '\n').count());
    }

    private void queue(String text) {
        queue.add(text);
        queuedChars += text.length();
    }

    private void run() {
        while (true) {
            String text = next();
            try {
                target.write(text);
                target.flush();
            } catch (IOException e) {
                // The reader has closed the pipe, and there is no other place to report it.
                whenDropped.accept(lines(text));
            }
        }
    }

    private synchronized String next() {
        writing = false;
        notifyAll();
        boolean interrupted = false;
        while (queue.isEmpty()) {
            try {
                if (droppedLines > 0) {
                    queue(notice.apply(droppedLines));
                    droppedLines = 0;
                    break;
                }
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        writing = true;
        String text = queue.remove();
        queuedChars -= text.length();
        return text;
    }

    /**
     * Waits until all is written.
     *
     * @param millis at most
     * @return whether it is
     */
    synchronized boolean awaitWritten(long millis) {
        flush();
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (writing || !queue.isEmpty()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Leaves the target open: it is the process's. */
    @Override
    public void close() {
        flush();
    }
}
