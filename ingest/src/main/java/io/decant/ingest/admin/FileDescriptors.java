package io.decant.ingest.admin;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many file descriptors this process has open, and may have. Any thread. */
public final class FileDescriptors {

    private FileDescriptors() {}

    /**
     * Open ones; sockets are among them. Walks a directory of the system's as long as they are many. 0 where the system
     * does not say.
     */
    public static long open() {
        try {
            return system() == null ? 0 : system().getOpenFileDescriptorCount();
        } catch (InternalError e) {
            // To count them takes one, and there is none.
            return max();
        }
    }

    /** What {@code ulimit -n} allows; {@link Long#MAX_VALUE} where the system does not say. */
    public static long max() {
        return system() == null ? Long.MAX_VALUE : system().getMaxFileDescriptorCount();
    }

    private static UnixOperatingSystemMXBean system() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix : null;
    }
}
