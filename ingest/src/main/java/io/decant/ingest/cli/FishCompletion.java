package io.decant.ingest.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A script for fish: a line for each word that can be completed, with the condition under which it can. */
final class FishCompletion {
    private static final String FILES = " -F";

    private final CommandLine decant;
    private final String name;
    private final StringBuilder text = new StringBuilder();

    FishCompletion(CommandLine decant) {
        this.decant = decant;
        this.name = decant.getCommandName();
    }

    String script() {
        text.append("# Files are offered only where one can be meant.\n");
        text.append("complete -c ").append(name).append(" -f\n");
        level("__fish_use_subcommand", decant);
        decant.getSubcommands().forEach((word, command) -> {
            String here = "__fish_seen_subcommand_from " + word;
            Map<String, CommandLine> below = command.getSubcommands();
            if (below.isEmpty()) {
                level(here, command);
                return;
            }
            level(here + "; and not __fish_seen_subcommand_from " + String.join(" ", below.keySet()), command);
            below.forEach((inner, one) -> level(here + "; and __fish_seen_subcommand_from " + inner, one));
        });
        return text.toString();
    }

    /** What can stand behind one command. */
    private void level(String condition, CommandLine command) {
        String start = "complete -c " + name + " -n " + quoted(condition);
        command.getSubcommands().forEach((word, one) -> text.append(start)
                .append(" -a ")
                .append(word)
                .append(" -d ")
                .append(quoted(ShellWords.purpose(one.getCommandSpec())))
                .append('\n'));
        for (OptionSpec option : ShellWords.options(command.getCommandSpec())) {
            text.append(start);
            for (String word : option.names()) {
                text.append(word.startsWith("--") ? " -l " + word.substring(2) : " -s " + word.substring(1));
            }
            if (ShellWords.takesValue(option)) {
                String values = values(option);
                text.append(values.equals(FILES) ? " -r" : " -x").append(values);
            }
            text.append(" -d ").append(quoted(ShellWords.purpose(option))).append('\n');
        }
        for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
            String values = values(parameter);
            if (!values.isEmpty()) {
                text.append(start).append(values).append('\n');
            }
        }
    }

    private static String values(ArgSpec argument) {
        List<String> candidates = ShellWords.candidates(argument);
        if (!candidates.isEmpty()) {
            return " -a " + quoted(String.join(" ", candidates));
        }
        return ShellWords.takesFile(argument) ? FILES : "";
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
