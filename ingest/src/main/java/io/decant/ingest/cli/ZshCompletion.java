package io.decant.ingest.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A script for zsh, by {@code _arguments}: a function for each command, and one more for each that has commands of its
 * own. It can lie in the {@code fpath} as {@code _decant} or be sourced behind {@code compinit}.
 */
final class ZshCompletion {
    private final CommandLine decant;
    private final StringBuilder text = new StringBuilder();

    ZshCompletion(CommandLine decant) {
        this.decant = decant;
    }

    String script() {
        String name = decant.getCommandName();
        text.append("#compdef ").append(name).append("\n\n");
        function("_" + name, decant);
        // The file of an fpath is the function's body: the first call comes from here.
        text.append("if [ \"$funcstack[1]\" = \"_").append(name).append("\" ]; then\n");
        text.append("    _").append(name).append(" \"$@\"\nelse\n");
        text.append("    compdef _").append(name).append(' ').append(name).append("\nfi\n");
        return text.toString();
    }

    private void function(String name, CommandLine command) {
        Map<String, CommandLine> below = command.getSubcommands();
        text.append(name).append("() {\n");
        List<String> arguments = new ArrayList<>();
        ShellWords.options(command.getCommandSpec()).forEach(option -> arguments.add(argument(option)));
        if (below.isEmpty()) {
            command.getCommandSpec().positionalParameters().forEach(parameter -> arguments.add(argument(parameter)));
            text.append("    _arguments -s");
            arguments.forEach(argument -> text.append(" \\\n        ").append(argument));
            text.append("\n}\n\n");
            return;
        }
        text.append("    local context state state_descr line curcontext=\"$curcontext\"\n");
        text.append("    typeset -A opt_args\n");
        text.append("    local -a commands=(\n");
        below.forEach((word, one) -> text.append("        ")
                .append(quoted(word + ":" + ShellWords.purpose(one.getCommandSpec())))
                .append('\n'));
        text.append("    )\n");
        text.append("    _arguments -s -C");
        arguments.forEach(argument -> text.append(" \\\n        ").append(argument));
        text.append(" \\\n        '1: :->command' \\\n        '*:: :->arguments'\n");
        text.append("    case $state in\n");
        text.append("        command) _describe -t commands command commands ;;\n");
        text.append("        arguments)\n            case $words[1] in\n");
        below.keySet().forEach(word -> text.append("                ")
                .append(word)
                .append(") ")
                .append(name)
                .append('_')
                .append(word)
                .append(" ;;\n"));
        text.append("            esac\n            ;;\n    esac\n}\n\n");
        below.forEach((word, one) -> function(name + "_" + word, one));
    }

    private static String argument(OptionSpec option) {
        // Repeatable ones stay on offer; the names of another exclude each other.
        String names = String.join(" ", option.names());
        String prefix = option.isMultiValue() ? "'*'" : "'(" + names + ")'";
        String value = ShellWords.takesValue(option) ? ":" + escaped(option.paramLabel()) + ":" + action(option) : "";
        String rest = quoted("[" + escaped(ShellWords.purpose(option)) + "]" + value);
        String words = option.names().length == 1 ? option.names()[0] : "{" + String.join(",", option.names()) + "}";
        return prefix + words + rest;
    }

    private static String argument(PositionalParamSpec parameter) {
        String place = parameter.arity().max() > 1
                ? "*"
                : String.valueOf(parameter.index().min() + 1);
        return quoted(place + ":" + escaped(parameter.paramLabel()) + ":" + action(parameter));
    }

    private static String action(CommandLine.Model.ArgSpec argument) {
        List<String> candidates = ShellWords.candidates(argument);
        if (!candidates.isEmpty()) {
            return "(" + String.join(" ", candidates) + ")";
        }
        return ShellWords.takesFile(argument) ? "_files" : "";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
