package io.decant.packages;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Manual pages in the language of {@code man(7)}: one for each command, from the command model. */
final class ManPages {
    private static final String EXIT_STATUS = """
            .SH EXIT STATUS
            .TP
            .B 0
            The command did what it was asked to.
            .TP
            .B 1
            It did not: a file, a port, a disk, or a rule that did not hold.
            .TP
            .B 2
            The arguments are wrong; nothing was done.
            .TP
            .B 78
            The settings are wrong; nothing was done.
            """;

    private final CommandLine decant;
    private final String version;
    private final String date;
    private final Map<String, String> pages = new LinkedHashMap<>();

    /** @param date as the page shows it, {@code 2026-11-20} */
    ManPages(CommandLine decant, String version, String date) {
        this.decant = decant;
        this.version = version;
        this.date = date;
    }

    /** By name of the file, {@code decant-run.1}. */
    Map<String, String> all() {
        page(decant, decant.getCommandName());
        return pages;
    }

    private void page(CommandLine command, String name) {
        CommandSpec spec = command.getCommandSpec();
        List<String> text = new ArrayList<>();
        String[] description = spec.usageMessage().description();
        text.add(".TH " + name.toUpperCase(Locale.ROOT).replace("-", "\\-") + " 1 " + date + " \"decant " + version
                + "\" \"Decant\"");
        text.add(".SH NAME");
        text.add(escaped(name) + " \\- " + escaped(purpose(description)));
        text.add(".SH SYNOPSIS");
        text.add(".nh");
        text.add(".ad l");
        text.add(escaped(command.getHelp().synopsis(0).replaceAll("\\s+", " ").strip()));
        text.add(".ad b");
        text.add(".hy");
        text.add(".SH DESCRIPTION");
        paragraphs(text, description);
        parameters(text, spec.positionalParameters());
        options(text, spec.options());
        commands(text, command, name);
        text.addAll(EXIT_STATUS.lines().toList());
        if (command == decant) {
            files(text);
        }
        text.add(".SH SEE ALSO");
        text.add(seeAlso(command, name));
        pages.put(name + ".1", String.join("\n", text) + "\n");
        command.getSubcommands().forEach((word, below) -> page(below, name + "-" + word));
    }

    private static void parameters(List<String> text, List<PositionalParamSpec> parameters) {
        if (parameters.isEmpty()) {
            return;
        }
        text.add(".SH ARGUMENTS");
        for (PositionalParamSpec parameter : parameters) {
            text.add(".TP");
            text.add(".I " + escaped(parameter.paramLabel()));
            paragraphs(text, parameter.description());
        }
    }

    private static void options(List<String> text, List<OptionSpec> options) {
        text.add(".SH OPTIONS");
        for (OptionSpec option : options) {
            if (option.hidden()) {
                continue;
            }
            text.add(".TP");
            String value = option.arity().max() > 0 ? " \\fI" + escaped(option.paramLabel()) + "\\fR" : "";
            text.add("\\fB" + escaped(String.join(", ", option.names())) + "\\fR" + value);
            paragraphs(text, option.description());
            if (option.defaultValue() != null && option.showDefaultValue() != Visibility.NEVER) {
                text.add("Default: " + escaped(option.defaultValue()) + ".");
            }
        }
    }

    private static void commands(List<String> text, CommandLine command, String name) {
        if (command.getSubcommands().isEmpty()) {
            return;
        }
        text.add(".SH COMMANDS");
        command.getSubcommands().forEach((word, below) -> {
            text.add(".TP");
            text.add("\\fB" + escaped(word) + "\\fR");
            text.add(escaped(below.getCommandSpec().usageMessage().description()[0]));
            text.add("See \\fB" + escaped(name + "-" + word) + "\\fR(1).");
        });
    }

    private static void files(List<String> text) {
        text.addAll("""
                .SH FILES
                .TP
                .I /etc/decant/decant.yaml
                The settings of the service.
                .TP
                .I /etc/default/decant
                Its environment; \\fBJAVA_OPTS\\fR are options of the JVM.
                .TP
                .I /var/lib/decant
                Its journal and dead letters.
                .TP
                .I /usr/share/doc/decant
                The documentation, among it all settings in \\fIdocs/settings.md\\fR.
                """.lines().toList());
    }

    private String seeAlso(CommandLine command, String name) {
        List<String> others = new ArrayList<>();
        CommandLine parent = command.getParent();
        if (parent != null) {
            others.add(name.substring(0, name.lastIndexOf("-" + command.getCommandName())));
            parent.getSubcommands().keySet().stream()
                    .map(word -> others.get(0) + "-" + word)
                    .filter(other -> !other.equals(name))
                    .forEach(others::add);
        } else {
            command.getSubcommands().keySet().forEach(word -> others.add(name + "-" + word));
        }
        return String.join(
                ",\n",
                others.stream()
                        .map(other -> "\\fB" + escaped(other) + "\\fR(1)")
                        .toList());
    }

    private static String purpose(String[] description) {
        String first = description[0];
        int end = first.indexOf(". ");
        String sentence = end < 0 ? first : first.substring(0, end);
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private static void paragraphs(List<String> text, String[] paragraphs) {
        for (int i = 0; i < paragraphs.length; i++) {
            if (i > 0) {
                text.add(".br");
            }
            text.add(escaped(paragraphs[i]));
        }
    }

    private static String escaped(String text) {
        String plain = Ansi.OFF.string(text).replace("%%", "%").replaceAll("\\s+", " ");
        String roff = plain.replace("\\", "\\e").replace("-", "\\-");
        // At the start of a line these two are commands.
        return roff.startsWith(".") || roff.startsWith("'") ? "\\&" + roff : roff;
    }
}
