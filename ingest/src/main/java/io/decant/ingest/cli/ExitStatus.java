package io.decant.ingest.cli;

/** What the process ends with. */
public final class ExitStatus {
    /** The command did what it was asked to. */
    public static final int DONE = 0;

    /** It did not: a file, a port, a disk, a rule that did not hold. */
    public static final int FAILED = 1;

    /** The arguments make no sense: nothing was done. */
    public static final int WRONG_USAGE = 2;

    /** The settings are wrong: nothing was done. The value is that of {@code EX_CONFIG} in {@code sysexits.h}. */
    public static final int BAD_SETTINGS = 78;

    private ExitStatus() {}
}
