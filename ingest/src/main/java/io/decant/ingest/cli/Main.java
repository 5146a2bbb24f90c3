package io.decant.ingest.cli;

import io.decant.config.PrintableText;
import io.decant.ingest.admin.DroppedLogLines;
import io.decant.offload.console.CheckedOutput;
import io.decant.offload.console.CheckedOutput.OutputException;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The entry: arguments in, exit status out. */
public final class Main {
    /** What help says of {@code decant demo}. */
    public static final String DEMO =
            "Shows the whole job on this machine, with nothing else installed: a server, a stream of records with"
                    + " duplicates, and a receiver that checks the buckets. Ends with 0 only if no bucket held a"
                    + " key twice and all buckets together were the stream.";

    /** Set by {@code bin/decant}, which can ask: the JDK cannot tell stdout from stderr here. */
    private static final String OUT_IS_TERMINAL = "decant.stdout.terminal";

    private static final String ERR_IS_TERMINAL = "decant.stderr.terminal";

    /** How long the exit waits for the reader of stderr; a pipe that is not read costs this. */
    private static final long LAST_WORDS_MILLIS_MAX = 1_000;

    /** How long a result waits for what was said on stderr before it, so that the two are in order on a terminal. */
    private static final long ORDER_MILLIS_MAX = 100;

    /**
     * How long shutdown hooks may take: an agent's, or the JVM's own, which writes a flight recording. The launcher
     * gives {@code prepare} longer, as the JVM then writes all of its classes.
     */
    private static final int SHUTDOWN_SECONDS_MAX = Integer.getInteger("decant.shutdown.seconds", 10);

    private Main() {}

    /** Runs one command and ends the process with its status. */
    public static void main(String[] args) {
        runOne(args, Main::commands);
    }

    /**
     * The same with a command that the server's class path does not have, in place of the one of its name that only
     * says so.
     *
     * @param more makes the command, which is annotated as those of this module are
     */
    public static void run(String[] args, Function<Console, Callable<Integer>> more) {
        runOne(args, out -> commands(out, more.apply(out)));
    }

    private interface Commands {
        List<Callable<Integer>> all(Console out);
    }

    private static void runOne(String[] args, Commands commands) {
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
        int status = execute(args, out, commands.all(out));
        err.awaitWritten(LAST_WORDS_MILLIS_MAX);
        exit(status, out.err(), err);
    }

    /**
     * A fresh object of each command, in the order in which help lists them. Each is annotated with picocli's
     * {@code @Command(name, description)}; {@code --help}, {@code --version}, {@code --verbose} and
     * {@code --log-format} come to it by themselves.
     */
    private static List<Callable<Integer>> commands(Console out) {
        return List.of(
                new ElsewhereDemo(),
                new RunCommand(out),
                new ValidateCommand(out),
                new JournalCommand(out),
                new DlqCommand(out),
                new PlanCommand(out, System.in),
                new TopCommand(out),
                new PrepareCommand(),
                new ElsewhereBucket(),
                new ElsewhereJob(),
                new CompletionCommand(out));
    }

    /** The commands that the server's class path has, by name, in the order of help; none of them may be run. */
    static Map<String, Object> listed() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        Map<String, Object> byName = new LinkedHashMap<>();
        commands(Console.captured(nowhere, nowhere, Map.of())).forEach(command -> byName.put(name(command), command));
        return byName;
    }

    private static List<Callable<Integer>> commands(Console out, Callable<Integer> more) {
        Map<String, Callable<Integer>> byName = new LinkedHashMap<>();
        commands(out).forEach(command -> byName.put(name(command), command));
        byName.put(name(more), more);
        return List.copyOf(byName.values());
    }

    private static String name(Callable<Integer> command) {
        return command.getClass().getAnnotation(Command.class).name();
    }

    /**
     * Ends the process. What others have asked to run then, such as the dump of a flight recording, runs, for a bounded
     * time.
     */
    private static void exit(int status, PrintWriter err, QueuedWriter written) {
        Thread hooks = new Thread(() -> System.exit(status), "decant-exit");
        hooks.start();
        try {
            hooks.join(TimeUnit.SECONDS.toMillis(SHUTDOWN_SECONDS_MAX));
        } catch (InterruptedException e) {
            // The main thread is not interrupted; if it is, it is to end.
            Thread.currentThread().interrupt();
        }
        err.println("decant: shutdown hooks of the JVM did not end within " + SHUTDOWN_SECONDS_MAX
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
        Console captured = Console.captured(out, err, env);
        return execute(args, captured, commands(captured));
    }

    /** The same with a command more, as {@link #run} has it. */
    public static int execute(String[] args, Console out, Function<Console, Callable<Integer>> more) {
        return execute(args, out, commands(out, more.apply(out)));
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
            // Whatever the command has done: its output was lost.
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
            // Help and version cost no logging: they answer immediately.
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

    /**
     * A command that {@code bin/decant} starts with a class path of its own: here it has only its place in the help.
     */
    private abstract static class Elsewhere implements Callable<Integer> {

        @Override
        public Integer call() {
            throw new CliException(
                    ExitStatus.FAILED,
                    name(this) + " needs its own class path, not the server's: start it with bin/decant",
                    null);
        }
    }

    @Command(name = "demo", description = DEMO)
    private static final class ElsewhereDemo extends Elsewhere {}

    @Command(
            name = "bucket",
            description =
                    "Splits files of lines into buckets, on Spark: 'decant bucket INPUT... OUTPUT [--key KEY] [--master"
                            + " MASTER]'.")
    private static final class ElsewhereBucket extends Elsewhere {}

    @Command(
            name = "job",
            description =
                    "Runs a Spark job of your own over files of lines: 'decant job CLASS INPUT... OUTPUT [--jar JAR]"
                            + " [--master MASTER]'.")
    private static final class ElsewhereJob extends Elsewhere {}
}
