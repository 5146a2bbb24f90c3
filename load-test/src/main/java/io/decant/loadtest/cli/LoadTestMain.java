package io.decant.loadtest.cli;

import io.decant.ingest.cli.Main;

/** The entry of the launcher for {@code decant load-test}: all commands there are, and this one. */
public final class LoadTestMain {

    private LoadTestMain() {}

    /** Runs one command and ends the process with its status. */
    public static void main(String[] args) {
        Main.run(args, out -> new LoadTestCommand(out, LoadTestCommand.home()));
    }
}
