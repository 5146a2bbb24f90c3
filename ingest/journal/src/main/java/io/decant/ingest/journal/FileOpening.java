package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens files of the journal in a process that may be out of file descriptors for a moment. That is no failure of the
 * journal: the descriptors are connections', which end. A reader tries for a while and asks again later
 * ({@link #retried}); the writer and the syncer, without which the server cannot work, wait for as long as it takes
 * ({@link #awaited}).
 */
final class FileOpening {

    /** How long a call of {@link #retried} tries. */
    private static final long TRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final long DELAY_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long DELAY_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);

    /** As {@code strerror} says EMFILE, and with more words behind it ENFILE. */
    private static final String REASON = "Too many open files";

    /** The JVM's own, open from its start on; below a chroot there may be no {@code /dev}. */
    private static final Path SURELY_THERE = Path.of(System.getProperty("java.home"), "lib", "modules");

    private static final Logger log = LoggerFactory.getLogger(FileOpening.class);

    /** What opens a file. */
    interface Opening<T> {
        T open() throws IOException;
    }

    private FileOpening() {}

    /**
     * Opens something, with further tries and a growing delay between them where there are no descriptors. Not for
     * event loops.
     */
    static <T> T retried(Opening<T> opening) throws IOException {
        return open(opening, false);
    }

    /**
     * The same for what the writer or the syncer cannot go on without: there is no last try. What is logged when it
     * takes longer than a reader tries says so.
     */
    static <T> T awaited(Opening<T> opening) throws IOException {
        return open(opening, true);
    }

    private static <T> T open(Opening<T> opening, boolean endlessly) throws IOException {
        long began = System.nanoTime();
        long delay = DELAY_NANOS_MIN;
        boolean told = false;
        while (true) {
            try {
                return opening.open();
            } catch (IOException e) {
                boolean late = System.nanoTime() - began > TRY_NANOS_MAX;
                if (!isOutOfDescriptors(e) || (late && !endlessly)) {
                    throw e;
                }
                if (late && !told) {
                    told = true;
                    log.warn(
                            "journal: no file descriptor is available: {}; retrying until there is one; raise the"
                                    + " limit of open files (ulimit -n), or lower max-connections",
                            e.toString());
                }
            }
            LockSupport.parkNanos(opening, delay);
            delay = Math.min(DELAY_NANOS_MAX, 2 * delay);
        }
    }

    /**
     * Waits until so many descriptors are free at the same time, for one who opens files in a way that must not fail:
     * those that are got are held until the last one is. Other threads may take some of them the moment this returns.
     */
    static void awaitFree(int descriptors) throws IOException {
        List<FileChannel> held = new ArrayList<>(descriptors);
        try {
            while (held.size() < descriptors) {
                held.add(awaited(() -> FileChannel.open(SURELY_THERE, StandardOpenOption.READ)));
            }
        } finally {
            for (FileChannel channel : held) {
                channel.close();
            }
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
