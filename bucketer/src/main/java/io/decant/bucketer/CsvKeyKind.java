package io.decant.bucketer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code csv:N}: field N, from 1, of a CSV row; see {@link CsvKeyExtractor}. */
final class CsvKeyKind extends KeyKind {

    private static final Pattern COLUMN = Pattern.compile("0{0,9}([0-9]{1,9})");

    CsvKeyKind() {
        super("csv:");
    }

    @Override
    String form() {
        return "csv:N (from 1)";
    }

    @Override
    String canonical(String argument) {
        Matcher digits = COLUMN.matcher(argument);
        int number = digits.matches() ? Integer.parseInt(digits.group(1)) : 0;
        if (number < 1 || number > KeySpec.CSV_COLUMN_MAX) {
            throw new KeySpecException(
                    "has no column from 1 to " + KeySpec.CSV_COLUMN_MAX, "write csv:1 for the first column");
        }
        return Integer.toString(number);
    }

    @Override
    boolean isDelimited() {
        return true;
    }

    @Override
    Extractors extractors(String argument, String text, KeyRules rules) {
        int column = column(argument, text);
        return () -> rules.compared(new CsvKeyExtractor(column, rules.csvDelimiter()));
    }

    private static int column(String argument, String text) {
        try {
            int column = Integer.parseInt(argument);
            if (column >= 1) {
                return column;
            }
        } catch (NumberFormatException e) {
            throw new KeySpecException("'" + text + "' is not a column; columns are numbered from 1", e);
        }
        throw new KeySpecException("'" + text + "': columns are numbered from 1", "");
    }
}
