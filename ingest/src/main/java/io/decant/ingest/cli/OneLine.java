package io.decant.ingest.cli;

/**
 * Text made fit for a line of its own. A record, a file name or an answer from outside may hold line ends, or the escapes that
 * command a terminal; shown as {@code \n} and the like they can neither forge a line nor act.
 */
final class OneLine {
    private OneLine() {}

    /** The text, control characters escaped; null gives {@code null}. */
    static String of(String text) {
        if (text == null) {
            return "null";
        }
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return escaped(text, i);
            }
        }
        return text;
    }

    private static String escaped(String text, int from) {
        StringBuilder line = new StringBuilder(text.length() + 16).append(text, 0, from);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append("\\n");
            } else if (c == '\r') {
                line.append("\\r");
            } else if (c == '\t') {
                line.append(' ');
            } else if (isControl(c)) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }

    /** C0, DEL and C1, and the two line ends that Unicode adds. */
    private static boolean isControl(char c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }
}
