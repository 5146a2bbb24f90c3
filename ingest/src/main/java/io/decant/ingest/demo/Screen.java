package io.decant.ingest.demo;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * What the demo says: lines on {@code out}, progress on {@code err}. On a terminal there is one line of progress, drawn
 * over and over and gone when anything else is said; elsewhere each is a line of its own. Owned by one thread.
 */
public final class Screen {

    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean redraws;
    private boolean drawn;

    /** @param errIsTerminal whether {@code err} can be drawn over */
    public Screen(PrintWriter out, PrintWriter err, boolean errIsTerminal) {
        this.out = out;
        this.err = err;
        this.redraws = errIsTerminal;
    }

    /** Whether progress is drawn over, and so may be told often. */
    boolean redraws() {
        return redraws;
    }

    /** Says a line, or several. */
    void line(String text) {
        erase();
        out.print(text + "\n");
        out.flush();
    }

    /** The same, by a format. */
    void format(String format, Object... values) {
        line(String.format(Locale.ROOT, format, values));
    }

    /** Tells how far it is. */
    void progress(String text) {
        err.print(redraws ? ERASE_LINE + text : text + "\n");
        err.flush();
        drawn = redraws;
    }

    /** Takes the line of progress away. */
    void erase() {
        if (drawn) {
            err.print(ERASE_LINE);
            err.flush();
            drawn = false;
        }
    }
}
