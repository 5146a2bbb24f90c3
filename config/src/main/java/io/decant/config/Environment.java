package io.decant.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${VAR}} and {@code ${VAR:-default}} in values. The default holds where the variable is unset or empty, as in a shell; it
 * is taken as it stands, up to the first closing brace. {@code $${VAR}} with two dollar signs is a plain {@code ${VAR}}; any other dollar sign is itself. What a variable
 * holds is not looked into again.
 */
record Environment(Map<String, String> variables) {
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*+))?})?");

    Environment {
        variables = Map.copyOf(variables);
    }

    /**
     * The text with its references replaced.
     *
     * @throws InvalidValue naming the variable that is unset, or the form where a reference has none
     */
    String expand(String text) {
        Matcher reference = REFERENCE.matcher(text);
        StringBuilder expanded = new StringBuilder(text.length());
        int copied = 0;
        while (reference.find()) {
            expanded.append(text, copied, reference.start()).append(replacement(reference));
            copied = reference.end();
        }
        return expanded.append(text, copied, text.length()).toString();
    }

    /** The opposite of {@link #expand}: a text that expands to this one whatever the variables are. */
    static String escape(String text) {
        return text.replace("${", "$${");
    }

    private String replacement(Matcher reference) {
        if (reference.group().startsWith("$$")) {
            return "${";
        }
        String name = reference.group(1);
        if (name == null) {
            throw new InvalidValue(
                    "has a ${ that begins no ${NAME} or ${NAME:-default}", "write $${ where ${ itself is meant");
        }
        String value = variables.getOrDefault(name, "");
        String fallback = reference.group(2);
        if (value.isEmpty() && fallback != null) {
            return fallback;
        }
        if (!variables.containsKey(name)) {
            throw new InvalidValue(
                    "refers to the environment variable " + name + ", which is not set",
                    "set it, or write ${" + name + ":-default}");
        }
        return value;
    }
}
