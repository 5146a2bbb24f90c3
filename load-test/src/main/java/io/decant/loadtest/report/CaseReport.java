package io.decant.loadtest.report;

import java.util.List;

/**
 * What a case found.
 *
 * @param name of the case
 * @param title one line on what it does
 * @param rows the figures
 * @param notes what a reader must know to read them
 * @param checks what was verified, in words
 * @param verified whether all of it held
 */
public record CaseReport(
        String name, String title, List<Row> rows, List<String> notes, List<String> checks, boolean verified) {

    public CaseReport {
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
        checks = List.copyOf(checks);
    }
}
