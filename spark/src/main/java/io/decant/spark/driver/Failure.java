package io.decant.spark.driver;

import io.decant.bucketer.ChunkMismatchException;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.staging.StagingFormatException;
import java.util.List;

/**
 * What went wrong, in a line.
 *
 * @param isPermanent whether the same job would fail again
 */
public record Failure(String message, boolean isPermanent) {

    /** What no repetition mends. */
    private static final List<Class<? extends Throwable>> PERMANENT =
            List.of(StagingFormatException.class, JsonFormatException.class, ChunkMismatchException.class);

    /** Spark's own words are a page long, and name what a task threw in the middle of them. */
    public static Failure of(Throwable thrown) {
        Throwable root = thrown;
        boolean permanent = isPermanent(thrown);
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
            permanent |= isPermanent(root);
        }
        String message = root.getMessage() == null ? root.toString() : root.getMessage();
        String line = message.lines().findFirst().orElse(root.toString()).strip();
        return new Failure(
                root instanceof java.io.IOException ? line : root.getClass().getSimpleName() + ": " + line, permanent);
    }

    private static boolean isPermanent(Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        return PERMANENT.stream().anyMatch(type -> type.isInstance(thrown) || message.contains(type.getName()));
    }
}
