package io.decant.ingest.demo;

import io.decant.ingest.cli.Main;

/** The entry of the launcher for {@code decant demo}. */
public final class DemoMain {

    private DemoMain() {}

    /** Runs one command and ends the process with its status. */
    public static void main(String[] args) {
        Main.run(args, DemoCommand::new);
    }
}
