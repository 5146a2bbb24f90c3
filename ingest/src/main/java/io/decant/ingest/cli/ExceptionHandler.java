package io.decant.ingest.cli;

import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.decant.config.PrintableText;
import io.decant.config.SettingsException;
import io.decant.ingest.admin.AdminServer.AdminException;
import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.source.SourceException;
import io.decant.offload.console.CheckedOutput.OutputException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what ended a command into one line on stderr and an exit status. */
final class ExceptionHandler {
    private final PrintWriter err;
    private final GlobalOptions options;

    ExceptionHandler(PrintWriter err, GlobalOptions options) {
        this.err = err;
        this.options = options;
    }

    /** The arguments did not parse, or a command found that they do not fit together. */
    int wrongUsage(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        line(e.getMessage() + suggestion(e) + " See '" + command + " --help'.");
        trace(e);
        return ExitStatus.WRONG_USAGE;
    }

    /** A command threw. */
    int ended(Exception e) {
        if (e instanceof CliException known) {
            line(known.getMessage());
            trace(e);
            return known.exitStatus();
        }
        if (e instanceof SettingsException settings) {
            settings.problems().forEach(problem -> line(problem.toString()));
            trace(e);
            return ExitStatus.BAD_SETTINGS;
        }
        if (e instanceof JournalException
                || e instanceof SourceException
                || e instanceof AdminException
                || e instanceof DeadLetterException
                || e instanceof OutputException) {
            // Their messages are made for the person at the terminal.
            line(e.getMessage());
            trace(e);
            return ExitStatus.FAILED;
        }
        line("unexpected " + e + (options.verbose() ? "" : ". Run it again with --verbose to see where."));
        trace(e);
        return ExitStatus.FAILED;
    }

    private static String suggestion(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return endsSentence(e.getMessage()) ? "" : ".";
        }
        List<String> near = unmatched.getSuggestions();
        return near.isEmpty() ? "." : ". Did you mean " + String.join(" or ", near) + "?";
    }

    private static boolean endsSentence(String message) {
        return message != null && (message.endsWith(".") || message.endsWith("?"));
    }

    private void line(String message) {
        err.println("decant: " + PrintableText.of(message));
    }

    private void trace(Throwable e) {
        if (options.verbose()) {
            err.print(PrintableText.ofLines(ThrowableProxyUtil.asString(new ThrowableProxy(e))));
        }
    }
}
