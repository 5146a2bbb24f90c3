package io.decant.ingest.cli;

import io.decant.offload.console.CheckedOutput;
import io.decant.offload.console.OutputException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The entry: arguments in, exit status out. */
public final class Main {
    /** Set by {@code bin/decant}, which can ask: the JDK cannot tell stdout from stderr here. */
    private static final String OUT_IS_TERMINAL = "decant.stdout.terminal";

    private static final String ERR_IS_TERMINAL = "decant.stderr.terminal";

    private Main() {}

    /** Runs one command and ends the process with its status. */
    public static void main(String[] args) {
        run(args, List.of());
    }

    /**
     * The same with one command more, for a module that this one does not know.
     *
     * @param more makes the command, which is annotated as those in {@link Commands} are
     */
    public static void run(String[] args, Function<Out, Callable<Integer>> more) {
        run(args, List.of(more));
    }

    private static void run(String[] args, List<Function<Out, Callable<Integer>>> more) {
        Out out = new Out(
                CheckedOutput.standard(),
                new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Boolean.getBoolean(OUT_IS_TERMINAL),
                Boolean.getBoolean(ERR_IS_TERMINAL),
                System.getenv());
        List<Callable<Integer>> commands = new ArrayList<>(Commands.all(out));
        more.forEach(command -> commands.add(command.apply(out)));
        System.exit(execute(args, out, commands));
    }

    /**
     * Runs one command in this process; neither writer is taken for a terminal. Flushes both and closes none.
     *
     * @return one of {@link ExitStatus}
     */
    public static int execute(String[] args, PrintWriter out, PrintWriter err, Map<String, String> env) {
        return execute(args, Out.captured(out, err, env));
    }

    private static int execute(String[] args, Out out) {
        return execute(args, out, Commands.all(out));
    }

    static int execute(String[] args, Out out, List<Callable<Integer>> commands) {
        GlobalOptions options = new GlobalOptions();
        CommandLine decant = new CommandLine(options);
        commands.forEach(decant::addSubcommand);
        Failures failures = new Failures(out.err(), options);
        decant.setOut(out.out())
                .setErr(out.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        out.outHasColour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(parsed -> run(parsed, options, out))
                .setParameterExceptionHandler((e, ignored) -> failures.wrongUsage(e))
                .setExecutionExceptionHandler((e, ignored, parsed) -> failures.ended(e));
        try {
            int status = decant.execute(args);
            out.out().flush();
            return status;
        } catch (OutputException e) {
            // Whatever the command has done: what it says does not reach anybody.
            return failures.ended(e);
        } finally {
            out.err().flush();
        }
    }

    /**
     * Runs what the arguments name. Where its output cannot be written it is over; {@link #execute} says so, once, when it writes what is
     * left.
     */
    private static int run(ParseResult parsed, GlobalOptions options, Out out) {
        try {
            // Help and version cost no logging: they answer at once.
            Integer helped = CommandLine.executeHelpRequest(parsed);
            return helped == null ? runLogging(parsed, options, out) : helped;
        } catch (OutputException e) {
            return ExitStatus.FAILED;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutputException) {
                return ExitStatus.FAILED;
            }
            throw e;
        }
    }

    private static int runLogging(ParseResult parsed, GlobalOptions options, Out out) {
        Logging.start(options.logFormat(), options.verbose(), out);
        try {
            return new RunLast().execute(parsed);
        } finally {
            Logging.stop();
        }
    }
}
