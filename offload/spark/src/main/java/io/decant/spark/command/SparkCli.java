package io.decant.spark.command;

import io.decant.config.PrintableText;
import io.decant.offload.console.CheckedOutput.OutputException;
import io.decant.spark.driver.Failure;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The command line of a command that runs on Spark: arguments in, exit status out. */
public final class SparkCli {

    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private final PrintWriter out;
    private final PrintWriter err;
    private final SparkCommand command;

    public SparkCli(PrintWriter out, PrintWriter err, SparkCommand command) {
        this.out = out;
        this.err = err;
        this.command = command;
    }

    /**
     * Runs the command in this process; flushes both writers and closes none.
     *
     * @param args behind the command's name
     * @return 0: done, 1: failed, or what it says could not be written, 2: wrong usage
     */
    public int execute(String... args) {
        try {
            int status = new CommandLine(command)
                    .setCommandName(command.title())
                    .setOut(out)
                    .setErr(err)
                    .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                    .setParameterExceptionHandler((e, ignored) -> wrongUsage(e))
                    .setExecutionStrategy(SparkCli::run)
                    .setExecutionExceptionHandler((e, ignored, parsed) -> failed(e))
                    .execute(args);
            out.flush();
            return status;
        } catch (OutputException e) {
            return failed(e);
        } finally {
            err.flush();
        }
    }

    /**
     * Where the output cannot be written the command is over; {@link #execute} says so, once, when it writes what is
     * left.
     */
    private static int run(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (OutputException e) {
            return FAILED;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutputException) {
                return FAILED;
            }
            throw e;
        }
    }

    private int wrongUsage(ParameterException e) {
        line(e.getMessage() + (e.getMessage().endsWith(".") ? "" : ".") + " See '" + command.title() + " --help'.");
        return WRONG_USAGE;
    }

    private int failed(Exception e) {
        line(
                e instanceof CommandException || e instanceof OutputException
                        ? e.getMessage()
                        : Failure.of(e).message());
        if (command.verbose()) {
            e.printStackTrace(err);
        }
        return FAILED;
    }

    private void line(String message) {
        err.println("decant: "
                + PrintableText.of(message.lines().findFirst().orElse("").strip()));
    }
}
