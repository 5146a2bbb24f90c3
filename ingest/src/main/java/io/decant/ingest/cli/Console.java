package io.decant.ingest.cli;

import java.io.PrintWriter;
import java.util.Map;

/**
 * Where a command writes, and what it may know of the world that started it. A command never touches
 * {@code System.out}, {@code System.err} or {@code System.getenv}, so a test sees all it says.
 *
 * @param out results, for a person or a pipe; throws {@code OutputException} where they cannot be written
 * @param err errors, progress and logs
 * @param outIsTerminal whether a person reads {@code out} on a terminal: tables may have colour and lines may be
 *     redrawn
 * @param errIsTerminal the same for {@code err}
 * @param env environment variables
 */
public record Console(
        PrintWriter out, PrintWriter err, boolean outIsTerminal, boolean errIsTerminal, Map<String, String> env) {
    /** Copies the environment. */
    public Console {
        env = Map.copyOf(env);
    }

    /** Neither end is a terminal: a pipe, a file, a test. */
    public static Console captured(PrintWriter out, PrintWriter err, Map<String, String> env) {
        return new Console(out, err, false, false, env);
    }

    /** Whether colour is welcome on {@link #out}: a terminal, and {@code NO_COLOR} is not set. */
    public boolean outHasColour() {
        return outIsTerminal && colourIsWelcome();
    }

    /** Whether colour is welcome on {@link #err}. */
    public boolean errHasColour() {
        return errIsTerminal && colourIsWelcome();
    }

    /** See no-color.org: the variable counts when it is there and not empty. */
    private boolean colourIsWelcome() {
        return env.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(env.get("TERM"));
    }
}
