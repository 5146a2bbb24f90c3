package io.decant.spark.driver;

import io.decant.bucketer.ChunkMismatchException;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.staging.StagingFormatException;
import io.decant.spark.userjob.UserJobException;
import java.io.IOException;
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

    private static final String SPARK = "org.apache.spark.";

    /** Spark's own words are a page long, and name what a task threw in the middle of them; that is what is told. */
    public static Failure of(Throwable thrown) {
        boolean permanent = isPermanent(thrown);
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            permanent |= isPermanent(cause);
        }
        if (thrown instanceof UserJobException) {
            return new Failure(thrown.getMessage(), permanent);
        }
        Throwable told = thrown;
        while (told.getCause() != null && isWrapper(told)) {
            told = told.getCause();
        }
        String message = told.getMessage() == null ? told.toString() : told.getMessage();
        String line = message.lines().findFirst().orElse(told.toString()).strip();
        return new Failure(
                told instanceof IOException ? line : told.getClass().getSimpleName() + ": " + line, permanent);
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown.getClass().getName().startsWith(SPARK)
                || thrown.getMessage() == null
                || thrown.getMessage().equals(thrown.getCause().toString());
    }

    private static boolean isPermanent(Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        return PERMANENT.stream().anyMatch(type -> type.isInstance(thrown) || message.contains(type.getName()));
    }
}
