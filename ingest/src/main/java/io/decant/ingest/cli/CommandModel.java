package io.decant.ingest.cli;

import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Every command with its options and parameters, for completions and manual pages. It can be read, not run.
 *
 * <p>The commands that have a class path of their own are complete where their classes are on this one, too, which
 * {@code bin/decant} sees to; otherwise they have a name and a description.
 */
public final class CommandModel {

    /** By name, since nothing of the server depends on them. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "demo", "io.decant.ingest.demo.DemoCommand",
            "bucket", "io.decant.spark.bucket.SparkBucketCommand",
            "job", "io.decant.spark.filejob.JobCommand");

    /** Options that {@code decant} itself hands down to every command. */
    private static final Set<String> OF_ALL = Set.of("--help", "--version", "--verbose");

    /** Handed down, too, but Spark's commands do not take it. */
    private static final String LOG_FORMAT = "--log-format";

    private static final Set<String> SPARK = Set.of("bucket", "job");

    private CommandModel() {}

    /** A model of its own with each call. */
    public static CommandLine complete() {
        CommandLine decant = new CommandLine(new GlobalOptions(false));
        Main.listed().forEach((name, command) -> {
            Optional<CommandLine> elsewhere = elsewhere(name);
            decant.addSubcommand(name, elsewhere.isPresent() ? elsewhere.get() : command);
        });
        SPARK.forEach(name -> {
            CommandSpec spec = decant.getSubcommands().get(name).getCommandSpec();
            spec.remove(spec.findOption(LOG_FORMAT));
        });
        return decant;
    }

    private static Optional<CommandLine> elsewhere(String name) {
        if (!ELSEWHERE.containsKey(name)) {
            return Optional.empty();
        }
        try {
            Class<?> type = Class.forName(ELSEWHERE.get(name), false, CommandModel.class.getClassLoader());
            return Optional.of(new CommandLine(copy(name, CommandSpec.forAnnotatedObject(bare(type)))));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    /** Without what it would be given twice. */
    private static CommandSpec copy(String name, CommandSpec known) {
        CommandSpec copy = CommandSpec.create().name(name);
        copy.usageMessage()
                .description(known.usageMessage().description())
                .showDefaultValues(true)
                .sortOptions(false);
        for (OptionSpec option : known.options()) {
            if (!OF_ALL.contains(option.longestName())) {
                copy.addOption(OptionSpec.builder(option).build());
            }
        }
        for (PositionalParamSpec parameter : known.positionalParameters()) {
            copy.addPositional(PositionalParamSpec.builder(parameter).build());
        }
        return copy;
    }

    /** An object whose annotations are read and that is never called. */
    private static Object bare(Class<?> type) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            return constructor.newInstance(new Object[constructor.getParameterCount()]);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made: the build is broken", e);
        }
    }
}
