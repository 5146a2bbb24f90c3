package io.decant.spark.command;

import io.decant.bucketer.KeyOptions;
import io.decant.bucketer.KeySpecException;
import io.decant.spark.job.KeyRule;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say what records are told apart by. */
public final class KeyOptionGroup {

    /** Any seed gives the same buckets, but where two keys collide; always the same one gives the same even there. */
    private static final long SEED = 0;

    private static final String MISSING_KEY = "record";

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "record",
            description =
                    "What records are told apart by: record, json:/pointer, csv:N (from 1) or regex:EXPR (group 1); or"
                            + " several of them in brackets, which are the key together: '[json:/tenant, json:/id]'."
                            + " Given several times, each is a key of its own, and no bucket has a value of any of them"
                            + " twice. A record without any is its own key.")
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

    /**
     * What they say.
     *
     * @throws ParameterException if that makes no sense
     */
    public KeyRule rule(CommandSpec spec) {
        try {
            return new KeyRule(KeyOptions.read(keys, fold, csvDelimiter).toString(), MISSING_KEY, SEED);
        } catch (KeySpecException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
