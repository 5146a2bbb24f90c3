package io.decant.loadtest.cli;

import io.decant.ingest.admin.BuildVersion;
import io.decant.ingest.cli.CliException;
import io.decant.ingest.cli.Console;
import io.decant.ingest.cli.ExitStatus;
import io.decant.loadtest.Folders;
import io.decant.loadtest.cases.LoadCase;
import io.decant.loadtest.cases.LoadTest;
import io.decant.loadtest.limit.Limit;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Machine;
import io.decant.loadtest.report.Report;
import io.decant.loadtest.report.ReportJson;
import io.decant.loadtest.report.ReportText;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code decant load-test}. */
@Command(
        name = "load-test",
        description =
                "Runs the limit of this machine and Decant in turn on the same data, and prints medians, spread and"
                        + " ratios with their targets. Every case verifies what was acknowledged and delivered;"
                        + " ends with 0 if that held, however fast it was. Needs an idle machine, some minutes and,"
                        + " for restart, 10 GiB of disk; takes no more than a quarter of what is free.")
public final class LoadTestCommand implements Callable<Integer> {

    static final int ROUNDS_MIN = 5;
    private static final int ROUNDS_MAX = 1_000;
    private static final int SECONDS_MAX = 24 * 60 * 60;
    /** Always the same records. */
    private static final long SEED = 20_261_121;

    private static final String HOME = "decant.home";

    private final Console out;
    private final Path home;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--case",
            paramLabel = "NAME",
            description =
                    "Only this one: ingest, deliver, latency, assign, restart, acks, growth, kafka, soak, jmh, real,"
                            + " keys, database, mysql, http, pages, peers, memory or buckets. Without it, all but"
                            + " kafka (a broker beside it), buckets (one hot key), memory (a receiver that stalls),"
                            + " soak (10 minutes), jmh (microbenchmarks), real (JSON, CSV, logs, transforms), keys,"
                            + " http, pages (50 of them open), peers (Kafka, Spark, Redis, rsyslog), database and mysql"
                            + " (databases of yours).")
    private String caseName;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description =
                    "How long each round is measured; without it, as long as the case needs. For soak the whole of it.")
    private Integer seconds;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "" + ROUNDS_MIN,
            description = "How many rounds, at least " + ROUNDS_MIN + ".")
    private int rounds;

    @Option(
            names = "--earlier",
            paramLabel = "HOME",
            description =
                    "An unpacked distribution of another build, whose server takes its turn in each round of ingest,"
                            + " deliver, latency and kafka. No row may lose more than 3 percent against it.")
    private Path earlier;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Lines to measure transforms with in place of made ones, for real.")
    private Path file;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "JDBC URL of a PostgreSQL in which tables may be made and dropped, for database:"
                    + " jdbc:postgresql://HOST:PORT/NAME?user=USER; or of a MariaDB or MySQL on this machine,"
                    + " for mysql.")
    private String database;

    @Option(
            names = "--spark-jars",
            paramLabel = "FOLDER",
            description = "The jars of a Spark, with Spark SQL and MariaDB's driver, to compare mysql with.")
    private Path sparkJars;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every figure of every round to this file, too.")
    private Path json;

    /** @param home of the distribution whose server is tested */
    public LoadTestCommand(Console out, Path home) {
        this.out = out;
        this.home = home;
    }

    /** Where the launcher says that it is. */
    static Path home() {
        return Path.of(System.getProperty(HOME, "."));
    }

    @Override
    public Integer call() {
        List<LoadCase> cases = cases();
        check(rounds >= ROUNDS_MIN && rounds <= ROUNDS_MAX, "--rounds", rounds, ROUNDS_MIN, ROUNDS_MAX);
        check(seconds == null || (seconds >= 1 && seconds <= SECONDS_MAX), "--seconds", seconds, 1, SECONDS_MAX);
        if (earlier != null && !Files.isExecutable(earlier.resolve("bin/decant"))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--earlier: " + earlier + " holds no bin/decant; name an unpacked distribution");
        }
        if (file != null && !Files.isReadable(file)) {
            throw new ParameterException(
                    spec.commandLine(), "--file: " + file + " cannot be read; name a file of lines");
        }
        try {
            return run(cases) ? ExitStatus.DONE : ExitStatus.FAILED;
        } catch (LoadException e) {
            throw new CliException(ExitStatus.FAILED, "load-test: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CliException(ExitStatus.FAILED, "load-test: " + e, e);
        }
    }

    private List<LoadCase> cases() {
        if (caseName == null) {
            return LoadCase.table();
        }
        return LoadCase.named(caseName)
                .map(List::of)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--case: '" + caseName + "' is not a case; write "
                                + LoadCase.all().stream().map(LoadCase::name).collect(Collectors.joining(", "))));
    }

    private void check(boolean fits, String option, Integer value, int min, int max) {
        if (!fits) {
            throw new ParameterException(
                    spec.commandLine(), option + ": " + value + " is not from " + min + " to " + max);
        }
    }

    private boolean run(List<LoadCase> cases) throws IOException {
        Path folder = Files.createTempDirectory("decant-load-test");
        // On SIGINT, too: there may be gigabytes in it.
        Thread cleaner = new Thread(() -> clean(folder), "load-test-cleaner");
        Runtime.getRuntime().addShutdownHook(cleaner);
        Limit limit = Limit.in(folder);
        Report report = new Report(
                BuildVersion.current(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                Machine.of(folder),
                limit.name(),
                rounds,
                seconds == null ? 0 : seconds,
                List.of());
        ReportText text = new ReportText(out.out());
        text.printHead(report);
        List<CaseReport> found = new ArrayList<>();
        for (LoadCase one : cases) {
            LoadTest test = new LoadTest(
                    home,
                    Optional.ofNullable(earlier),
                    Optional.ofNullable(file),
                    Optional.ofNullable(database),
                    Optional.ofNullable(sparkJars),
                    folder,
                    limit,
                    rounds,
                    seconds == null ? OptionalInt.empty() : OptionalInt.of(seconds),
                    SEED,
                    what -> progress(one.name() + ": " + what));
            found.add(one.run(test));
            text.print(found.get(found.size() - 1));
            report = report.with(found);
            write(report);
        }
        return report.verified();
    }

    /** After each case, so that what was measured is not lost with one that fails. */
    private void write(Report report) throws IOException {
        if (json != null) {
            try (Writer writer = Files.newBufferedWriter(json)) {
                ReportJson.write(report, writer);
            }
        }
    }

    private void progress(String what) {
        out.err().println(what);
    }

    /** Servers and limits that still run end with this process. */
    private void clean(Path folder) {
        ProcessHandle.current().descendants().forEach(child -> {
            child.destroyForcibly();
            child.onExit().join();
        });
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            out.err().println("decant: " + folder + " could not be removed: " + e);
        }
    }
}
