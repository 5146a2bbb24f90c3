package io.decant.offload.files;

/**
 * Which failures end one attempt and nothing else: of a batch on its way to a filesystem or to Spark, of a dead letter,
 * of a replay. The code that makes the attempt catches them, says so and tries again; they never end the server.
 *
 * <p>That is every exception and every error, linkage and assertion errors included, with one exception: the two errors
 * by which the JVM says that it is itself in trouble, {@link InternalError} (also a fault of the disk under a mapped
 * file) and {@link UnknownError}. An {@link OutOfMemoryError} is a lack of direct memory, which others may give back:
 * the start script has the JVM exit where the heap is full. A {@link StackOverflowError} is a mistake in how one input
 * is read.
 */
public final class AttemptFailure {

    private AttemptFailure() {}

    /** Whether what was thrown is the attempt's failure; if not, it must be thrown on. */
    public static boolean covers(Throwable thrown) {
        return !(thrown instanceof VirtualMachineError)
                || thrown instanceof OutOfMemoryError
                || thrown instanceof StackOverflowError;
    }
}
