package io.decant.spark.bucket;

import io.decant.config.PrintableText;
import io.decant.offload.console.CheckedOutput.OutputException;
import io.decant.spark.driver.Failure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The command line of {@code decant bucket}: arguments in, exit status out. */
public final class BucketCli {

    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private final PrintWriter out;
    private final PrintWriter err;
    private final SparkBucketCommand command;

    /** @param jars folder of the class path */
    public BucketCli(PrintWriter out, PrintWriter err, Path jars, Map<String, String> env) {
        this.out = out;
        this.err = err;
        this.command = new SparkBucketCommand(out, jars, env);
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
                    .setCommandName("decant bucket")
                    .setOut(out)
                    .setErr(err)
                    .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                    .setParameterExceptionHandler((e, ignored) -> wrongUsage(e))
                    .setExecutionStrategy(BucketCli::run)
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
        line(e.getMessage() + (e.getMessage().endsWith(".") ? "" : ".") + " See 'decant bucket --help'.");
        return WRONG_USAGE;
    }

    private int failed(Exception e) {
        line(
                e instanceof BucketException || e instanceof OutputException
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
