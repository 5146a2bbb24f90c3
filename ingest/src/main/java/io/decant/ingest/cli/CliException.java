package io.decant.ingest.cli;

/**
 * Ends a command with a line on stderr and an exit status. The message is for the person at the terminal: what, where,
 * and the way out. Its cause, if there is one, shows with {@code --verbose} only.
 */
public final class CliException extends RuntimeException {
    private final int exitStatus;

    /**
     * @param exitStatus one of {@link ExitStatus}, not {@link ExitStatus#DONE}
     * @param message one line
     */
    public CliException(int exitStatus, String message) {
        this(exitStatus, message, null);
    }

    /**
     * @param exitStatus one of {@link ExitStatus}, not {@link ExitStatus#DONE}
     * @param message one line
     * @param cause what the message was made of, or null
     */
    public CliException(int exitStatus, String message, Throwable cause) {
        super(message, cause);
        if (exitStatus == ExitStatus.DONE) {
            throw new IllegalArgumentException("an exception cannot mean that all is done: " + message);
        }
        this.exitStatus = exitStatus;
    }

    /** What the process ends with, one of {@link ExitStatus}. */
    public int exitStatus() {
        return exitStatus;
    }
}
