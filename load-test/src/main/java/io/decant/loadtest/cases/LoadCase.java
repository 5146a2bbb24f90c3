package io.decant.loadtest.cases;

import io.decant.loadtest.report.CaseReport;
import java.io.IOException;

/** One thing to measure. */
public interface LoadCase {

    /** What {@code --case} calls it. */
    String name();

    /** One line on what it does. */
    String title();

    /** Whether it belongs to the table that is printed when no case is named. */
    default boolean inTable() {
        return true;
    }

    /**
     * Measures and verifies. What it starts it ends, what it writes it removes.
     *
     * @throws io.decant.loadtest.load.LoadException when that could not be done, or records were not acknowledged as
     *     they must
     */
    CaseReport run(LoadTest test) throws IOException;
}
