package io.decant.ingest.cli;

import io.decant.ingest.admin.BuildVersion;
import io.decant.ingest.cli.Logging.LogFormat;
import io.decant.ingest.journal.JournalReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code decant} itself: the options that every command has, before its name or after it. */
@Command(
        name = "decant",
        description = {
            "Pours a stream into duplicate-free buckets and loses nothing.",
            "The source tree has one more command, load-test, which compares it with what this machine can do."
        },
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = GlobalOptions.Version.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class GlobalOptions implements Runnable {
    private final boolean onTerminal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            showDefaultValue = Visibility.NEVER,
            description = "Show stack traces, and log details for troubleshooting.")
    private boolean verbose;

    @Option(
            names = "--log-format",
            scope = ScopeType.INHERIT,
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "Format of log lines on stderr: ${COMPLETION-CANDIDATES}.")
    private LogFormat logFormat = LogFormat.text;

    /** @param onTerminal whether a person reads what is wrong */
    GlobalOptions(boolean onTerminal) {
        this.onTerminal = onTerminal;
    }

    boolean verbose() {
        return verbose;
    }

    LogFormat logFormat() {
        return logFormat;
    }

    /** Called when no command is named. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), onTerminal ? "Which command? 'decant demo' shows what it does." : "Which command?");
    }

    /** What {@code --version} says. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {
                "decant " + BuildVersion.current(),
                "commit: " + BuildVersion.commit(),
                "journal format: " + JournalReport.NEWEST_FORMAT
            };
        }
    }
}
