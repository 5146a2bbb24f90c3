package io.decant.ingest.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the scripts of all shells ask of the command model. */
final class ShellWords {

    /** Not behind "e.g.", whose example belongs to the sentence. */
    private static final Pattern SENTENCE_END = Pattern.compile("(?<!\\be\\.g)\\. ");

    private ShellWords() {}

    /** The first sentence of what a command is for, without the dot. */
    static String purpose(CommandSpec command) {
        String[] description = command.usageMessage().description();
        return firstSentence(description.length == 0 ? "" : description[0]);
    }

    /** The first sentence of what an option is for, without the dot. */
    static String purpose(OptionSpec option) {
        String[] description = option.description();
        return firstSentence(description.length == 0 ? "" : description[0]);
    }

    private static String firstSentence(String text) {
        String first = SENTENCE_END.split(text.replaceAll("\\s+", " "), 2)[0];
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    /** The values that can be meant; none where anything can. */
    static List<String> candidates(ArgSpec argument) {
        if (argument.completionCandidates() == null) {
            return List.of();
        }
        return StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                .toList();
    }

    /** Whether its value is the name of a file or a directory. */
    static boolean takesFile(ArgSpec argument) {
        String label = argument.paramLabel();
        return argument.type() == Path.class
                || label.contains("FILE")
                || label.contains("INPUT")
                || label.contains("JAR");
    }

    static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    /** The options that are shown, in their order. */
    static List<OptionSpec> options(CommandSpec command) {
        List<OptionSpec> shown = new ArrayList<>(command.options());
        shown.removeIf(OptionSpec::hidden);
        return shown;
    }
}
