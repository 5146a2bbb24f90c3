package io.decant.ingest.cli;

import java.util.List;
import java.util.concurrent.Callable;

/** The commands there are. */
final class Commands {
    private Commands() {}

    /**
     * A fresh object of each command, in the order in which help lists them. Each is annotated with picocli's
     * {@code @Command(name, description)}; {@code --help}, {@code --version}, {@code --verbose} and
     * {@code --log-format} come to it by themselves.
     *
     * @param out what the commands write to
     */
    static List<Callable<Integer>> all(Console out) {
        return List.of(
                new DemoCommand(out),
                new RunCommand(out),
                new ValidateCommand(out),
                new JournalCommand(out),
                new DlqCommand(out),
                new PlanCommand(out, System.in),
                new BucketCommand());
    }
}
