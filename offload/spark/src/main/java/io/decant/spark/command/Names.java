package io.decant.spark.command;

import java.util.List;
import org.apache.hadoop.fs.Path;

/** Files as messages name them. Stateless. */
public final class Names {

    /** More are counted. */
    private static final int LISTED_MAX = 5;

    private Names() {}

    /** A file as a person writes it: one of this machine by its path alone. */
    public static String of(Path path) {
        return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
    }

    /** Several; there is at least one. */
    public static String list(List<String> names) {
        String listed = String.join(", ", names.subList(0, Math.min(LISTED_MAX, names.size())));
        return names.size() > LISTED_MAX ? listed + " and " + (names.size() - LISTED_MAX) + " more" : listed;
    }
}
