package io.decant.loadtest.limit;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The program of {@code limit.c} for machines without a compiler: the same arguments, the same work, the same answers.
 */
public final class JavaLimit {

    private JavaLimit() {}

    /** {@code ingest FILE BYTES}, {@code assign FILE RECORDS exact|hash} or {@code sync FILE SECONDS}. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        long number = Long.parseLong(arguments[2]);
        switch (arguments[0]) {
            case "ingest" -> new JavaIngest(file, number).run();
            case "assign" -> JavaAssign.run(file, number, arguments[3].equals("exact"));
            case "sync" -> JavaSync.run(file, number);
            default -> throw new IllegalArgumentException("ingest, assign or sync");
        }
    }
}
