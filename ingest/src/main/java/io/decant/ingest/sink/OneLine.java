package io.decant.ingest.sink;

/** Makes text from outside fit for one line of a log. */
public final class OneLine {

    private OneLine() {}

    /** The text with control characters and line ends as blanks, cut at {@code charsMax}. */
    public static String of(String text, int charsMax) {
        String line =
                text.replaceAll("[\\p{Cntrl}\\s\\u0085\\u2028\\u2029]+", " ").trim();
        return line.length() <= charsMax ? line : line.substring(0, charsMax) + "...";
    }
}
