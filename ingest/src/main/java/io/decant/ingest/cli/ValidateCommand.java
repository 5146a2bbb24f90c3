package io.decant.ingest.cli;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.PrintableText;
import io.decant.config.Settings;
import io.decant.config.SettingsPrinter;
import io.decant.ingest.admin.AdminWarnings;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.datadir.DataDirectory;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalSummary;
import io.decant.ingest.pipeline.MovedSinks;
import io.decant.ingest.pipeline.RemovedSinks;
import io.decant.ingest.server.MemoryNeeds;
import io.decant.ingest.source.SourceComponent;
import io.decant.offload.staging.StagedBatch;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

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
                    "Also connect to every sink and to the clusters that sources read from, query HDFS and YARN for"
                            + " their capacity, and listen for a moment where sources and admin would.")
    private boolean connect;

    @Option(
            names = "--batch-size",
            paramLabel = "SIZE",
            converter = BatchSize.class,
            description = "Also show how a batch of that size is split, e.g. 1.5GiB.")
    private DataSize batchSize;

    ValidateCommand(Console out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        Settings settings = settingsOptions.load(out.env());
        out.out().print(SettingsPrinter.print(settings));
        List<String> problems = new ArrayList<>();
        for (SourceComponent source : SourceTypes.of(settings)) {
            problems.addAll(source.problems());
        }
        List<String> memory = MemoryNeeds.problems(settings);
        problems.addAll(memory);
        if (memory.isEmpty()) {
            MemoryNeeds.warnings(settings).forEach(this::comment);
        }
        boolean running = look(settings, problems);
        hint(settings);
        if (connect) {
            Reachability reachability = new Reachability(settings);
            List<String> ofSources = reachability.sources();
            problems.addAll(ofSources);
            if (ofSources.isEmpty()) {
                reachability.sourceReport().forEach(this::comment);
            }
            List<String> unreachable = reachability.sinks();
            problems.addAll(unreachable);
            if (unreachable.isEmpty()) {
                reachability.sinkHints().forEach(this::comment);
            }
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
            MovedSinks.check(state, SinkTypes.of(settings), Set.of());
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
                    "journal under " + dataDir + " cannot be read: " + e + "; fix this, or set another data-dir",
                    e);
        }
    }

    /** Where batches were cut, a version before may have cut them by the same expression, matched by Java's engine. */
    private void hintAtExpression(Settings settings, JournalState state) {
        List<String> differing = settings.bucket().frozenKey().differingFrom010();
        if (state.lastBatch() > 0 && !differing.isEmpty()) {
            comment("bucket.key: since 0.2.0 regular expressions are RE2's, where " + String.join(" and ", differing)
                    + " may match differently; batches that 0.1.0 cut keep their keys; see docs/keys.md");
        }
    }

    private void hint(Settings settings) {
        if (settings.offload().isOn() && settings.bucket().frozenKey().isSeveral()) {
            comment(String.format(
                    Locale.ROOT,
                    "bucket.keys: where a batch goes to Spark, one task holds the hashes of all keys that come more"
                            + " than once in it, at up to 48 bytes each; with more than %,d of them the job fails;"
                            + " see docs/keys.md",
                    StagedBatch.REPEATED_KEYS_MAX));
        }
        AdminWarnings.of(settings.admin()).forEach(this::comment);
        SourceTypes.of(settings).forEach(source -> source.hints().forEach(this::comment));
        SinkTypes.of(settings)
                .forEach(sink -> sink.hints(settings.batch().interval()).forEach(this::comment));
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

    /** A size for a question, not for a setting: it may have a fraction, as in {@code 1.5GiB}. */
    private static final class BatchSize implements ITypeConverter<DataSize> {

        private static final Pattern FORM = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)(B|KiB|MiB|GiB|TiB)?");

        @Override
        public DataSize convert(String text) {
            Matcher form = FORM.matcher(text);
            if (form.matches()) {
                try {
                    long unit = DataSize.parse("1" + (form.group(2) == null ? "" : form.group(2)))
                            .bytes();
                    return new DataSize(new BigDecimal(form.group(1))
                            .multiply(BigDecimal.valueOf(unit))
                            .setScale(0, RoundingMode.CEILING)
                            .longValueExact());
                } catch (ArithmeticException e) {
                    throw new TypeConversionException("'" + text + "' is more bytes than a 64-bit number can count");
                }
            }
            throw new TypeConversionException("'" + text + "' is not a size; write e.g. 512MiB or 1.5GiB");
        }
    }

    /** Tries what settings name on the network. Sends nothing and keeps nothing open. */
    private static final class Reachability {
        private final Settings settings;

        Reachability(Settings settings) {
            this.settings = settings;
        }

        /** Sources that cannot reach what they read from, a line each. */
        List<String> sources() {
            return SourceTypes.of(settings).stream()
                    .flatMap(source -> source.connectionProblems().stream())
                    .toList();
        }

        /** What sources would read, a line each. */
        List<String> sourceReport() {
            return SourceTypes.of(settings).stream()
                    .flatMap(source -> source.connectionReport().stream())
                    .toList();
        }

        /** Sinks that cannot reach what they deliver to, a line each; HDFS is the {@link ClusterReport}'s to ask. */
        List<String> sinks() {
            return SinkTypes.of(settings).stream()
                    .flatMap(sink -> sink.connectionProblems(settings.bucket().frozenKey()).stream())
                    .toList();
        }

        /** What may be a mistake of sinks that can be reached, a line each. */
        List<String> sinkHints() {
            return SinkTypes.of(settings).stream()
                    .flatMap(sink -> sink.connectionHints(settings.bucket().frozenKey()).stream())
                    .toList();
        }

        /** Addresses of sources and admin that cannot be listened at, a line each. */
        List<String> addresses() {
            List<String> problems = new ArrayList<>();
            settings.sources().forEach((name, source) -> source.listensAt()
                    .ifPresent(address -> listen("sources." + name, address, problems)));
            listen("admin", settings.admin().address(), problems);
            return problems;
        }

        private static void listen(String section, HostPort address, List<String> problems) {
            try (ServerSocket socket = new ServerSocket()) {
                // As the server does: connections of one that ended a moment ago are no hindrance.
                socket.setReuseAddress(true);
                InetSocketAddress at = new InetSocketAddress(address.host(), address.port());
                if (at.isUnresolved()) {
                    problems.add(
                            section + ".address: the host of " + address + " is not known; set one of this machine");
                    return;
                }
                socket.bind(at);
            } catch (IOException e) {
                problems.add(section + ".address: cannot listen on " + address + ": " + e.getMessage()
                        + "; end what listens there, or set another address or port (0: any free one)");
            }
        }
    }
}
