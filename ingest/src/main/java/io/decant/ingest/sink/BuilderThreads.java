package io.decant.ingest.sink;

import java.util.concurrent.Executor;

/**
 * Threads that help a sink's lane with the bodies of its parts.
 *
 * @param executor may run nothing for a while, or refuse: the lane then does the work
 * @param helpersMax most tasks that a sink hands to it at a time; 0: the lane is alone
 * @param bytesMin of a body that is worth another thread; of fewer the lane makes it alone
 */
public record BuilderThreads(Executor executor, int helpersMax, long bytesMin) {

    /** The lane is alone. */
    public static final BuilderThreads NONE = new BuilderThreads(Runnable::run, 0, 0);

    /** A smaller body is written sooner than another thread is woken. */
    private static final long BYTES_MIN_DEFAULT = 32 << 10;

    /** Threads of a pool beside the lane's own. */
    public static BuilderThreads of(Executor executor, int helpersMax) {
        return new BuilderThreads(executor, helpersMax, BYTES_MIN_DEFAULT);
    }
}
