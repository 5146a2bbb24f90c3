package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Opens files of the journal in a process that may be out of file descriptors for a moment. That is no failure of the journal: the
 * descriptors are connections', which end.
 */
final class FileOpening {

    /** How long one call tries; who still gets nothing asks again later. */
    private static final long TRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final long DELAY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long DELAY_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);

    /** As {@code strerror} says EMFILE, and with more words behind it ENFILE. */
    private static final String REASON = "Too many open files";

    private static final Path SURELY_THERE = Path.of("/dev/null");

    /** What opens a file. */
    interface Opening<T> {
        T open() throws IOException;
    }

    private FileOpening() {}

    /** Opens something, with further tries and a growing delay between them where there are no descriptors. Not for event loops. */
    static <T> T retried(Opening<T> opening) throws IOException {
        long began = System.nanoTime();
        long delay = DELAY_NANOS_MIN;
        while (true) {
            try {
                return opening.open();
            } catch (IOException e) {
                if (!isOutOfDescriptors(e) || System.nanoTime() - began > TRY_NANOS_MAX) {
                    throw e;
                }
            }
            LockSupport.parkNanos(opening, delay);
            delay = Math.min(DELAY_NANOS_MAX, 2 * delay);
        }
    }

    /** Whether that is why a file could not be opened. */
    static boolean isOutOfDescriptors(IOException e) {
        if (!(e instanceof FileSystemException failed) || failed.getReason() == null) {
            return false;
        }
        // In another language the reason has other words; then a file that is there tells.
        return failed.getReason().startsWith(REASON) || !canOpen(SURELY_THERE);
    }

    private static boolean canOpen(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.isOpen();
        } catch (IOException e) {
            return false;
        }
    }
}
