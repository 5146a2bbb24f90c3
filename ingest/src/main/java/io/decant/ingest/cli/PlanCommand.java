package io.decant.ingest.cli;

import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.ingest.plan.Plan;
import io.decant.ingest.plan.PlanException;
import io.decant.ingest.plan.PlanInput;
import io.decant.ingest.plan.PlanReport;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decant plan}. */
@Command(
        name = "plan",
        description = {
            "Shows what buckets the records of files would make, all in one batch: sizes, and the most repeated keys."
                    + " Sends and writes nothing."
        })
final class PlanCommand implements Callable<Integer> {
    private static final String STDIN = "-";
    /** Any seed gives the same buckets; always the same one gives the same report even where two keys collide. */
    private static final long SEED = 0;

    private final Console out;
    private final InputStream in;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description =
                    "Lines, each a record, plain, gzip or zstd, which are unpacked into memory; - or none: standard input.")
    private List<String> files = List.of(STDIN);

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "record",
            description =
                    "What records are told apart by: record, json:/pointer, csv:N (from 1) or regex:EXPR (group 1).")
    private String key;

    @Option(
            names = "--missing-key",
            paramLabel = "RULE",
            defaultValue = "record",
            description =
                    "What becomes of a record without the key: record (the whole record is its key) or dlq (no bucket).")
    private String missingKey;

    /** @param in standard input */
    PlanCommand(Console out, InputStream in) {
        this.out = out;
        this.in = in;
    }

    @Override
    public Integer call() {
        Keying keying = new Keying(key(), missingKey(), SEED);
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (PlanInput input = new PlanInput()) {
            files.forEach(file -> add(input, file));
            new PlanReport(out.out()).print(Plan.of(input, keying, new BucketAssigner(threads, executor)));
            return ExitStatus.DONE;
        } catch (PlanException e) {
            throw new CliException(ExitStatus.FAILED, e.getMessage(), e);
        } finally {
            executor.shutdown();
        }
    }

    /** As the settings would read it, so that what is planned is what a server would do. */
    private KeySpec key() {
        try {
            io.decant.config.KeySpec parsed = io.decant.config.KeySpec.parse(key);
            if (parsed.kind() == io.decant.config.KeySpec.Kind.KAFKA_KEY) {
                throw new IllegalArgumentException(
                        "is the key beside a record of Kafka's, and lines of a file have none; try json:/pointer, csv:N or"
                                + " regex:EXPR");
            }
            return KeySpec.of(parsed.text());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--key: '" + key + "' " + e.getMessage(), e);
        }
    }

    private MissingKey missingKey() {
        return switch (missingKey) {
            case "record" -> MissingKey.RECORD;
            case "dlq" -> MissingKey.DLQ;
            default ->
                throw new ParameterException(
                        spec.commandLine(), "--missing-key: '" + missingKey + "' is no such rule; write record or dlq");
        };
    }

    private void add(PlanInput input, String file) {
        if (file.equals(STDIN)) {
            input.add(in, "standard input");
            return;
        }
        try {
            input.add(Path.of(file));
        } catch (InvalidPathException e) {
            throw new CliException(ExitStatus.FAILED, file + ": no such file", e);
        }
    }
}
