package io.decant.config;

/**
 * One thing that is wrong with the settings. Its {@link #toString()} is one line: where, which key, what about the
 * value, the way out.
 *
 * @param location the file and line, {@code decant.yaml:12}, or the option, {@code --set journal.linger=...}
 * @param key the dotted key, empty where no key is at fault
 * @param value the value as it was given, {@code <hidden>} for a secret, empty where no value is at fault
 * @param text what is wrong, read after the value
 * @param wayOut what to do about it, empty where the text says it
 */
public record Problem(String location, String key, String value, String text, String wayOut) {
    /** Longer values are cut: the location says where the whole of it stands. */
    private static final int SHOWN_CHARS_MAX = 120;

    /**
     * {@code decant.yaml:12: journal.linger: '5' is not a duration; write a whole number and ms, s, m, h or d, e.g.
     * 250ms}.
     */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder();
        appendShown(line, location);
        if (!key.isEmpty()) {
            appendShown(line.append(": "), key);
        }
        line.append(": ");
        if (!value.isEmpty()) {
            boolean hidden = value.equals(Secret.HIDDEN);
            line.append(hidden ? "" : "'");
            appendShown(line, value);
            line.append(hidden ? " " : "' ");
        }
        line.append(PrintableText.of(text));
        if (!wayOut.isEmpty()) {
            line.append("; ").append(PrintableText.of(wayOut));
        }
        return line.toString();
    }

    private static void appendShown(StringBuilder line, String text) {
        boolean cut = text.length() > SHOWN_CHARS_MAX;
        line.append(PrintableText.of(cut ? text.substring(0, SHOWN_CHARS_MAX) : text));
        line.append(cut ? "..." : "");
    }
}
