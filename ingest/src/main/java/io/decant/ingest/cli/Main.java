package io.decant.ingest.cli;

import io.decant.config.PrintableText;
import io.decant.ingest.admin.DroppedLogLines;
import io.decant.offload.console.CheckedOutput;
import io.decant.offload.console.OutputException;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
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

    /** How long the end waits for who reads stderr; a pipe that nobody reads costs this. */
    private static final long LAST_WORDS_MILLIS_MAX = 1_000;

    /** How long a result waits for what was said on stderr before it, so that the two are in order on a terminal. */
    private static final long ORDER_MILLIS_MAX = 100;

    /** How long shutdown hooks may take: an agent's, or the JVM's own, which writes a flight recording. */
    private static final long SHUTDOWN_HOOKS_MILLIS_MAX = 10_000;

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
    public static void run(String[] args, Function<Console, Callable<Integer>> more) {
        run(args, List.of(more));
    }

    private static void run(String[] args, List<Function<Console, Callable<Integer>>> more) {
        QueuedWriter err = new QueuedWriter(
                new OutputStreamWriter(new FileOutputStream(FileDescriptor.err), StandardCharsets.UTF_8),
                "decant-stderr",
                DroppedLogLines::add,
                Logging::droppedLine);
        // What libraries and the JDK print: no thread of the server's may wait for a reader.
        PrintStream printed = new PrintStream(new TextStream(err), true, StandardCharsets.UTF_8);
        System.setErr(printed);
        System.setOut(printed);
        Console out = new Console(
                new PrintWriter(new ResultWriter(err), true),
                new PrintWriter(err, true),
                Boolean.getBoolean(OUT_IS_TERMINAL),
                Boolean.getBoolean(ERR_IS_TERMINAL),
                System.getenv());
        List<Callable<Integer>> commands = new ArrayList<>(Commands.all(out));
        more.forEach(command -> commands.add(command.apply(out)));
        int status = execute(args, out, commands);
        err.awaitWritten(LAST_WORDS_MILLIS_MAX);
        exit(status, out.err(), err);
    }

    /**
     * Ends the process. What others have asked to run then, such as the dump of a flight recording, runs, for a bounded
     * time.
     */
    private static void exit(int status, PrintWriter err, QueuedWriter written) {
        Thread hooks = new Thread(() -> System.exit(status), "decant-exit");
        hooks.start();
        try {
            hooks.join(SHUTDOWN_HOOKS_MILLIS_MAX);
        } catch (InterruptedException e) {
            // Nobody interrupts the main thread; if somebody does, it is to end.
            Thread.currentThread().interrupt();
        }
        err.println("decant: shutdown hooks of the JVM did not end within " + SHUTDOWN_HOOKS_MILLIS_MAX / 1_000
                + " s; the process ends without them");
        written.awaitWritten(LAST_WORDS_MILLIS_MAX);
        Runtime.getRuntime().halt(status);
    }

    /**
     * Runs one command in this process; neither writer is taken for a terminal. Flushes both and closes none.
     *
     * @return one of {@link ExitStatus}
     */
    public static int execute(String[] args, PrintWriter out, PrintWriter err, Map<String, String> env) {
        return execute(args, Console.captured(out, err, env));
    }

    private static int execute(String[] args, Console out) {
        return execute(args, out, Commands.all(out));
    }

    static int execute(String[] args, Console out, List<Callable<Integer>> commands) {
        GlobalOptions options = new GlobalOptions(out.errIsTerminal());
        CommandLine decant = new CommandLine(options);
        commands.forEach(decant::addSubcommand);
        ExceptionHandler failures = new ExceptionHandler(out.err(), options);
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
     * Runs what the arguments name. Where its output cannot be written it is over; {@link #execute} says so, once, when
     * it writes what is left.
     */
    private static int run(ParseResult parsed, GlobalOptions options, Console out) {
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

    private static int runLogging(ParseResult parsed, GlobalOptions options, Console out) {
        Logging.start(options.logFormat(), options.verbose(), out);
        try {
            return new RunLast().execute(parsed);
        } finally {
            Logging.stop();
        }
    }

    /**
     * Results, on stdout, after what was said on stderr before. Waits for its reader, as a program in a pipe must.
     */
    private static final class ResultWriter extends FilterWriter {
        private final QueuedWriter before;

        ResultWriter(QueuedWriter before) {
            super(CheckedOutput.standard());
            this.before = before;
        }

        @Override
        public void flush() throws IOException {
            before.awaitWritten(ORDER_MILLIS_MAX);
            super.flush();
        }
    }

    /** Bytes of text; a flush ends a piece. */
    private static final class TextStream extends ByteArrayOutputStream {
        private final QueuedWriter writer;

        TextStream(QueuedWriter writer) {
            this.writer = writer;
        }

        @Override
        public synchronized void flush() {
            String text = PrintableText.ofLines(toString(StandardCharsets.UTF_8));
            reset();
            writer.write(text, 0, text.length());
            writer.flush();
        }
    }
}
