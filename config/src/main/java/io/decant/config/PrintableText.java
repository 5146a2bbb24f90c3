package io.decant.config;

/**
 * Text from outside, made harmless to a terminal and fit for one line. A record, a file's name or an answer may hold
 * control characters, which end a line or command a terminal, or format characters (U+202E, a zero-width space, a byte
 * order mark), which make a text look like another one. All that goes to a log, a terminal, a JSON document for
 * operators or an error message passes here.
 */
public final class PrintableText {

    private PrintableText() {}

    /**
     * The text in one line: {@code \n}, {@code \r}, {@code \t}, and {@code \}{@code u202e} for each other character
     * that is not {@linkplain #isPrintable printable}. A backslash of the text stands as it is. Null gives
     * {@code null}.
     */
    public static String of(String text) {
        return text == null ? "null" : escaped(text, false);
    }

    /** The same of a text of several lines, such as a stack trace: its line ends and tabs stay. */
    public static String ofLines(String text) {
        return escaped(text, true);
    }

    /**
     * The same document, to every parser, with each character that is not printable as a JSON escape. Line ends and
     * tabs stay: in a JSON document they only stand between values.
     *
     * @param json one or more JSON values
     */
    public static String ofJson(String json) {
        return escaped(json, true);
    }

    /**
     * Whether a character shows, and as what it is: none of the control characters (C0, DEL, C1), format characters,
     * line and paragraph separators, and halves of a surrogate pair.
     */
    public static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }

    private static boolean isLayout(int c) {
        return c == '\n' || c == '\r' || c == '\t';
    }

    private static String escaped(String text, boolean keepLayout) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (!isPrintable(c) && !(keepLayout && isLayout(c))) {
                return escapedFrom(text, i, keepLayout);
            }
            i += Character.charCount(c);
        }
        return text;
    }

    private static String escapedFrom(String text, int from, boolean keepLayout) {
        StringBuilder line = new StringBuilder(text.length() + 32).append(text, 0, from);
        for (int i = from; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (isPrintable(c) || (keepLayout && isLayout(c))) {
                line.appendCodePoint(c);
            } else if (isLayout(c)) {
                line.append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
            } else {
                for (int at = i; at < next; at++) {
                    line.append(String.format("\\u%04x", (int) text.charAt(at)));
                }
            }
            i = next;
        }
        return line.toString();
    }
}
