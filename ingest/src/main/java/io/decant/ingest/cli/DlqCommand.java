package io.decant.ingest.cli;

import io.decant.config.Settings;
import io.decant.ingest.datadir.DataDirectory;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterFilter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code decant dlq}: the records that were given up. */
@Command(
        name = "dlq",
        description =
                "Shows the dead letters, records that a sink refused for good or that have no key, and sends them again.")
final class DlqCommand implements Callable<Integer> {
    private final Console out;

    @Spec
    private CommandSpec spec;

    DlqCommand(Console out) {
        this.out = out;
    }

    /** Called when no subcommand is named. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Which of list and replay?");
    }

    @Command(
            name = "list",
            description =
                    "Counts dead letters by sink and reason, then shows the newest, a line each: when it was written, where"
                            + " the record stood, why it was given up, and the record. Changes nothing; works beside a running server.")
    Integer list(
            @Mixin SettingsOptions settingsOptions,
            @Mixin LetterOptions letterOptions,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Show so many of the newest; 0: the counts alone.")
                    int limit,
            @Option(names = "--json", description = "One JSON object, with the letters as they are kept.")
                    boolean json) {
        if (limit < 0) {
            throw new ParameterException(spec.commandLine(), "--limit: " + limit + " is less than 0");
        }
        LetterFilter filter = letterOptions.filter();
        Settings settings = settingsOptions.load(out.env());
        DataDirectory.requireNoFile(settings.dataDir());
        DataDirectory.checkForReading(settings.dataDir());
        LetterListing listing = LetterListing.of(new FileDeadLetterStore(settings.dataDir()), filter, limit);
        if (json) {
            listing.writeJson(out.out());
        } else {
            listing.print(out.out());
        }
        return ExitStatus.DONE;
    }

    @Command(
            name = "replay",
            description =
                    "Sends dead letters again, under new keys, in the order in which they were written, each to the sink that"
                            + " refused it, or to every sink where none did: through the running server if there is one,"
                            + " otherwise by itself; then it also delivers what waits in the journal, and ends with status 1 if"
                            + " something is left.")
    Integer replay(@Mixin SettingsOptions settingsOptions, @Mixin LetterOptions letterOptions) {
        LetterFilter filter = letterOptions.filter();
        Settings settings = settingsOptions.load(out.env());
        DataDirectory.requireNoFile(settings.dataDir());
        DataDirectory.checkForReading(settings.dataDir());
        String sink = filter.sink();
        if (sink != null && !sink.isEmpty() && !settings.sinks().containsKey(sink)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--sink: '" + sink + "' is not in the settings, which have "
                            + String.join(", ", settings.sinks().keySet()));
        }
        return new DlqReplay(out, settings).run(filter);
    }
}
