package io.decant.offload.files;

import java.io.IOException;

/**
 * Uses something and closes it, as try-with-resources does, but for one thing: HDFS's streams throw the same exception
 * from {@code close} that {@code write} threw, and try-with-resources would add it to itself, which is an
 * {@link IllegalArgumentException} in place of what went wrong. Here what went wrong first is thrown, and only another
 * exception is added to it.
 */
public final class SafeClose {

    /** What is to be closed. */
    @FunctionalInterface
    public interface Resource {
        void close() throws IOException;
    }

    /** What is done before. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    /** The same without a result. */
    @FunctionalInterface
    public interface Task {
        void run() throws IOException;
    }

    private SafeClose() {}

    /**
     * Does the work, then closes, whatever became of the work.
     *
     * @throws IOException of the work, or, where that succeeded, of the close; other exceptions likewise
     */
    public static <T> T after(Resource resource, Work<T> work) throws IOException {
        T result;
        try {
            result = work.run();
        } catch (Throwable failure) {
            afterFailure(resource, failure);
            throw failure;
        }
        resource.close();
        return result;
    }

    /** The same without a result. */
    public static void afterTask(Resource resource, Task task) throws IOException {
        after(resource, () -> {
            task.run();
            return null;
        });
    }

    /** Closes after a failure, which the caller throws; what the close throws is added to it unless it is the same. */
    public static void afterFailure(Resource resource, Throwable failure) {
        try {
            resource.close();
        } catch (Throwable closing) {
            if (closing != failure) {
                failure.addSuppressed(closing);
            }
        }
    }
}
