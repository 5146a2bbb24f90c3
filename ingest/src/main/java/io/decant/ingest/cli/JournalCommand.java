package io.decant.ingest.cli;

import io.decant.config.Settings;
import io.decant.ingest.datadir.DataDirectory;
import io.decant.ingest.journal.JournalAudit;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.journal.JournalRepair;
import io.decant.ingest.journal.JournalReport;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code decant journal}: what is in the journal, whether it is whole, what to do where it is not, and a new id for a
 * copy.
 */
@Command(name = "journal", description = "Inspects, verifies and repairs the journal, and gives it a new id.")
final class JournalCommand implements Callable<Integer> {
    private final Console out;

    @Spec
    private CommandSpec spec;

    JournalCommand(Console out) {
        this.out = out;
    }

    /** Called when no subcommand is named. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Which of inspect, verify, repair and new-id?");
    }

    /** What the subcommands have in common. */
    static final class Options {
        @Mixin
        private SettingsOptions settings;

        @Option(names = "--json", description = "One JSON object, complete, for programs.")
        private boolean json;

        @Option(names = "--all", description = "Every batch and stream, not the newest ones alone.")
        private boolean all;
    }

    private Settings load(Options options) {
        Settings settings = options.settings.load(out.env());
        DataDirectory.requireNoFile(settings.dataDir());
        DataDirectory.checkForReading(settings.dataDir());
        if (!JournalId.isIn(settings.dataDir())) {
            throw new CliException(
                    ExitStatus.FAILED,
                    "no journal under " + settings.dataDir() + ": no server has run there yet, or data-dir is wrong");
        }
        return settings;
    }

    @Command(
            name = "inspect",
            description = "Shows what is in the journal. Changes nothing; works beside a running server.")
    Integer inspect(@Mixin Options options) {
        JournalReport report = JournalAudit.of(load(options).dataDir());
        if (options.json) {
            JournalJson.write(out.out(), report, null);
        } else {
            new JournalText(out.out(), options.all).inspected(report);
        }
        return ExitStatus.DONE;
    }

    @Command(
            name = "verify",
            description = "Checks everything in the journal and reports what is damaged, what is lost, and"
                    + " whether 'decant run' would start; exit status 1 if anything is damaged. Changes"
                    + " nothing; works beside a running server.")
    Integer verify(@Mixin Options options) {
        JournalReport report = JournalAudit.of(load(options).dataDir());
        if (options.json) {
            JournalJson.write(out.out(), report, null);
        } else {
            new JournalText(out.out(), options.all).verified(report);
        }
        return report.isHealthy() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    @Command(
            name = "repair",
            description = "Repairs a damaged journal so that 'decant run' can start, keeps what it removes under"
                    + " data-dir/salvage, and reports what is lost. The server must not run.")
    Integer repair(
            @Mixin Options options,
            @Option(names = "--dry-run", description = "Only say what it would do.") boolean dryRun) {
        Settings settings = load(options);
        JournalRepair.Result result = dryRun
                ? JournalRepair.Result.planned(JournalAudit.of(settings.dataDir()))
                : change(settings, JournalRepair::repair);
        if (options.json) {
            JournalJson.write(out.out(), result.before(), result);
        } else {
            new JournalText(out.out(), options.all).repaired(result, dryRun);
        }
        return ExitStatus.DONE;
    }

    @Command(
            name = "new-id",
            description = "Gives the journal a new id after data-dir was restored from a copy, so that no"
                    + " idempotency key is used again with another body. Undelivered records, session counts"
                    + " and Kafka positions are kept; requests that were sent before may be sent again under"
                    + " new keys. The old journal is kept under data-dir/salvage. The server must not run.")
    Integer newId(@Mixin Options options) {
        Settings settings = load(options);
        JournalRepair.Result result = change(settings, JournalRepair::newId);
        if (options.json) {
            JournalJson.renewed(out.out(), result);
        } else {
            new JournalText(out.out(), options.all).renewed(result);
        }
        return ExitStatus.DONE;
    }

    private interface Change {
        JournalRepair.Result make(Path dataDir, long segmentSize, RandomGenerator random);
    }

    /** Changes a journal that no server has, and that none gets meanwhile. */
    private static JournalRepair.Result change(Settings settings, Change change) {
        try (DataDirectory held = DataDirectory.openForRepair(settings.dataDir())) {
            return change.make(held.path(), settings.journal().segmentSize().bytes(), new SecureRandom());
        }
    }
}
