package io.decant.bucketer;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/**
 * Group 1 of the first match of an RE2 expression ({@link Pattern}) in the record, read as UTF-8 ({@link RecordText}).
 * The key is the record's own bytes between the group's ends. There is none without a match, or where group 1 took no
 * part in it.
 *
 * <p>One CR at the end of the record belongs to the line end, so that {@code $} stands before it. Matching takes time
 * linear in the record, and memory that hardly depends on it. Expressions that are simple enough are matched by a
 * {@link RegexScanner}, several times as fast and with the same result.
 */
final class Re2KeyExtractor extends KeyExtractor {

    private final RecordText text = new RecordText();
    private final RegexScanner scanner;
    private final Matcher matcher;

    /** @throws com.google.re2j.PatternSyntaxException when RE2 does not accept the expression */
    Re2KeyExtractor(String expression) {
        this(expression, RegexScanner.of(expression));
    }

    /** @param scanner null: always match by RE2/J */
    Re2KeyExtractor(String expression, RegexScanner scanner) {
        this.scanner = scanner;
        // A pattern of its own: its state is pooled, and is created again for each match where threads share it.
        this.matcher = Pattern.compile(expression).matcher(text);
    }

    @Override
    public boolean find(long address, int length) {
        int rowLength = length > 0 && Memory.getByte(address + length - 1) == '\r' ? length - 1 : length;
        if (scanner != null) {
            RegexScanner.Result result = scanner.find(address, address + rowLength);
            if (result == RegexScanner.Result.MATCH) {
                found(scanner.groupStart(), scanner.groupEnd() - scanner.groupStart());
                return true;
            }
            if (result == RegexScanner.Result.NO_MATCH) {
                return false;
            }
        }
        return match(address, rowLength);
    }

    private boolean match(long address, int length) {
        text.set(address, length);
        matcher.reset();
        if (!matcher.find() || matcher.start(1) < 0) {
            return false;
        }
        int from = text.byteOffset(matcher.start(1));
        found(address + from, text.byteOffset(matcher.end(1)) - from);
        return true;
    }
}
