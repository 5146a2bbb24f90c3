package io.decant.ingest.cli;

import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.KeyOptions;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.KeySpecException;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.StepCounts;
import io.decant.bucketer.Transformer;
import io.decant.bucketer.transform.StepTransform;
import io.decant.bucketer.transform.TransformError;
import io.decant.config.SettingsException;
import io.decant.config.TransformStep;
import io.decant.ingest.plan.Plan;
import io.decant.ingest.plan.PlanInput;
import io.decant.ingest.plan.PlanInput.PlanException;
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
                    "Lines, each a record, plain, gzip or zstd, which are unpacked into memory; - or none: standard"
                            + " input.")
    private List<String> files = List.of(STDIN);

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "record",
            description =
                    "The key of a record: record, json:/pointer, csv:N (from 1) or regex:EXPR (group 1); or several"
                            + " of them in brackets, which are the key together: '[json:/tenant, json:/id]'. Given"
                            + " several times, each is a key of its own, and no bucket has a value of any of them"
                            + " twice.")
    private List<String> keys;

    @Option(
            names = "--fold",
            paramLabel = "FOLD",
            defaultValue = "none",
            description = "Which letters of keys are the same: none, case, or case-accent.")
    private String fold;

    @Option(
            names = "--csv-delimiter",
            paramLabel = "CHARACTER",
            defaultValue = ",",
            description = "What separates the fields of csv:N; \\t for a tab.")
    private String csvDelimiter;

    @Option(
            names = "--missing-key",
            paramLabel = "RULE",
            defaultValue = "record",
            description =
                    "What happens to a record without a key: record (the whole record is its key) or dlq (no bucket).")
    private String missingKey;

    @Option(
            names = "--transform",
            paramLabel = "STEP",
            description =
                    "A step that is applied to the records first, as in the settings: 'split: \" \"'. May be given"
                            + " several times; they are applied in their order. Records that fail are left out.")
    private List<String> transforms = List.of();

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
            StepTransform transform = transform();
            files.forEach(file -> add(input, file));
            BucketAssigner assigner = new BucketAssigner(threads, executor);
            PlanReport report = new PlanReport(out.out());
            if (transforms.isEmpty()) {
                report.print(Plan.of(input, keying, assigner));
                return ExitStatus.DONE;
            }
            StepCounts counts = new StepCounts(transform.steps());
            try (PlanInput outputs = new PlanInput();
                    Transformer transformer = transform.newTransformer()) {
                outputs.addTransformed(input, transformer);
                transformer.addCounts(counts);
                report.print(transform, counts);
                report.print(Plan.of(outputs, keying, assigner));
            }
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
            return KeyOptions.read(keys, fold, csvDelimiter);
        } catch (KeySpecException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private StepTransform transform() {
        try {
            List<String> steps = transforms.stream()
                    .map(step -> TransformStep.parse(step, "--transform", System.getenv())
                            .canonical())
                    .toList();
            return StepTransform.of(steps, TransformError.DLQ, StepTransform.saltOf(System.getenv()));
        } catch (SettingsException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private MissingKey missingKey() {
        return switch (missingKey) {
            case "record" -> MissingKey.RECORD;
            case "dlq" -> MissingKey.DLQ;
            default ->
                throw new ParameterException(
                        spec.commandLine(), "--missing-key: '" + missingKey + "' is not a rule; write record or dlq");
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
