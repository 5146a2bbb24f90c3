package io.decant.ingest.sink;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Standard output, shared by all sinks that print: one text at a time, each from the start of a line. Who writes waits
 * for a reader, so it is a thread that may. For any thread.
 */
public final class StandardOutput {

    /** One write: less than a pipe holds, so that a slow reader shows as one that reads. */
    static final int WRITE_BYTES = 8 << 10;

    private static final StandardOutput PROCESS = new StandardOutput(new FileOutputStream(FileDescriptor.out));

    private final ReentrantLock turn = new ReentrantLock(true);
    private final OutputStream to;
    private final AtomicLong moved = new AtomicLong();
    /** Whether a line was begun and not ended. Guarded by the turn. */
    private boolean midLine;

    /** @param to is not closed */
    public StandardOutput(OutputStream to) {
        this.to = to;
    }

    /** That of this process. */
    public static StandardOutput ofProcess() {
        return PROCESS;
    }

    /** A text, piece by piece. */
    @FunctionalInterface
    public interface Text {

        /** The next piece; null: there is no more. */
        byte[] next();
    }

    /**
     * Writes a text, behind those that others have begun. Blocks as long as it is not read.
     *
     * @return bytes written
     * @throws IOException where standard output is closed, or the disk behind it full
     * @throws InterruptedException while another text is being written
     */
    public long print(Text text) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            long bytes = 0;
            for (byte[] piece = text.next(); piece != null; piece = text.next()) {
                if (bytes == 0 && midLine && piece.length > 0) {
                    write(new byte[] {'\n'}, 0, 1);
                }
                for (int at = 0; at < piece.length; at += WRITE_BYTES) {
                    write(piece, at, Math.min(WRITE_BYTES, piece.length - at));
                }
                bytes += piece.length;
            }
            return bytes;
        } finally {
            turn.unlock();
        }
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        moved.incrementAndGet();
        try {
            to.write(bytes, offset, length);
            to.flush();
        } finally {
            moved.incrementAndGet();
        }
        midLine = bytes[offset + length - 1] != '\n';
    }

    /**
     * Counts each write twice, when it begins and when it ends: odd while one is under way, and the same number for as
     * long as what is written is not read.
     */
    public long moved() {
        return moved.get();
    }

    /** Whether a write is under way. */
    public static boolean isWriting(long moved) {
        return (moved & 1) != 0;
    }
}
