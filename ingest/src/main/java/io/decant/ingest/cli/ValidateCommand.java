package io.decant.ingest.cli;

import io.decant.config.DataSize;
import io.decant.config.HdfsSinkSettings;
import io.decant.config.PrintableText;
import io.decant.config.Settings;
import io.decant.config.SettingsPrinter;
import io.decant.ingest.datadir.DataDirectory;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalSummary;
import io.decant.ingest.pipeline.MemoryNeeds;
import io.decant.ingest.pipeline.RemovedSinks;
import io.decant.ingest.sink.hdfs.FilesADay;
import io.decant.ingest.source.kafka.KafkaSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code decant validate}: what would run, and what would keep it from running. Writes nothing, so that it can be asked
 * beside a running server.
 */
@Command(
        name = "validate",
        description = "Checks the settings, and the journal if there is one; prints what would run, secrets hidden.")
final class ValidateCommand implements Callable<Integer> {
    private final Console out;

    @Mixin
    private SettingsOptions settingsOptions;

    @Option(
            names = "--connect",
            description =
                    "Also connect to every sink and to the clusters that sources read from, ask HDFS and YARN what they have, and"
                            + " listen for a moment where sources and admin would.")
    private boolean connect;

    @Option(
            names = "--batch-size",
            paramLabel = "SIZE",
            converter = BatchSize.class,
            description = "Also say what a batch of that size becomes, e.g. 1.5GiB.")
    private DataSize batchSize;

    ValidateCommand(Console out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        Settings settings = settingsOptions.load(out.env());
        out.out().print(SettingsPrinter.print(settings));
        List<String> problems = new ArrayList<>(KafkaSource.problems(settings.sources()));
        List<String> memory = MemoryNeeds.problems(settings);
        problems.addAll(memory);
        if (memory.isEmpty()) {
            MemoryNeeds.warnings(settings).forEach(this::comment);
        }
        boolean running = look(settings, problems);
        hint(settings);
        if (connect) {
            Reachability reachability = new Reachability(settings);
            problems.addAll(reachability.sources());
            problems.addAll(reachability.sinks());
            if (running) {
                // The addresses are in use, as they should be.
                comment("addresses not tried: a server runs");
            } else {
                problems.addAll(reachability.addresses());
            }
        }
        report(settings, problems);
        problems.forEach(problem -> out.err().println("decant: " + PrintableText.of(problem)));
        // As the start does, which refuses these before it looks at anything else.
        int failed = memory.isEmpty() ? ExitStatus.FAILED : ExitStatus.BAD_SETTINGS;
        return problems.isEmpty() ? ExitStatus.DONE : failed;
    }

    /** Looks at the journal; whether a server has it. */
    private boolean look(Settings settings, List<String> problems) {
        try {
            DataDirectory.requireNoFile(settings.dataDir());
            DataDirectory.memoryFilesystem(settings.dataDir())
                    .ifPresent(type -> comment(RunCommand.inMemory(settings.dataDir(), type)));
            DataDirectory.checkForReading(settings.dataDir());
            Optional<JournalSummary> found = JournalSummary.at(settings.dataDir());
            if (found.isEmpty()) {
                comment("no journal under " + settings.dataDir() + " yet");
                return false;
            }
            JournalSummary journal = found.get();
            JournalState state = journal.state();
            Optional<String> holder = holder(settings.dataDir());
            comment("journal " + journal.id() + ": segments " + journal.segments() + ", last batch "
                    + state.lastBatch() + ", uncut records " + state.uncutRecords() + ", "
                    + holder.map(process -> "a server runs, process " + process).orElse("no server runs"));
            hintAtExpression(settings, state);
            RemovedSinks.of(state, settings.sinks().keySet(), Set.of());
            return holder.isPresent();
        } catch (JournalException e) {
            problems.add(e.getMessage());
            return false;
        }
    }

    private static Optional<String> holder(Path dataDir) {
        try {
            return DataDirectory.holder(dataDir);
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal under " + dataDir + " cannot be read: " + e + "; mend that, or set another data-dir",
                    e);
        }
    }

    /** Where batches were cut, a version before may have cut them by the same expression, matched by Java's engine. */
    private void hintAtExpression(Settings settings, JournalState state) {
        List<String> differing = settings.bucket().key().differingFrom010();
        if (state.lastBatch() > 0 && !differing.isEmpty()) {
            comment("bucket.key: since 0.2.0 regular expressions are RE2's, where " + String.join(" and ", differing)
                    + " may match differently; batches that 0.1.0 cut keep their keys; see docs/keys.md");
        }
    }

    private void hint(Settings settings) {
        KafkaSource.hints(settings.sources()).forEach(this::comment);
        settings.sinks().forEach((name, sink) -> {
            if (sink instanceof HdfsSinkSettings hdfs) {
                FilesADay.hint(name, hdfs, settings.batch().interval()).ifPresent(this::comment);
            }
        });
    }

    /** What clusters have, and what a batch becomes there. */
    private void report(Settings settings, List<String> problems) {
        ClusterReport report = new ClusterReport(settings);
        if (connect) {
            report.connect();
        }
        if (batchSize != null) {
            report.forecast(batchSize);
        }
        report.lines().forEach(this::comment);
        problems.addAll(report.problems());
    }

    /** What is printed stays YAML. */
    private void comment(String text) {
        out.out().println("# " + PrintableText.of(text));
    }
}
