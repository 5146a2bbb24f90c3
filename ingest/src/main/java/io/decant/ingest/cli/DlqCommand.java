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

/** {@code decant dlq}: the records that a sink rejected or that have no key. */
@Command(
        name = "dlq",
        description = "Shows the dead letters, records that a sink rejected or that have no key, and sends them again.")
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
            description = "Counts dead letters by sink and reason, then shows the newest, one line each: when it"
                    + " was written, the position of the record, why it was rejected, and the record. Changes"
                    + " nothing; works beside a running server.")
    Integer list(
            @Mixin SettingsOptions settingsOptions,
            @Mixin LetterOptions letterOptions,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "How many of the newest to show; 0: only the counts.")
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
            description = "Sends dead letters again, under new keys, in the order in which they were written,"
                    + " each to the sink that rejected it, or to every sink if none did: through the running"
                    + " server if there is one, otherwise by itself. In that case it also delivers the"
                    + " undelivered data of the journal, and exits with status 1 if something is left.")
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
