package io.decant.config;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${VAR}}, {@code ${VAR:-default}} and {@code ${file:PATH}} in values. The default holds where the
 * variable is unset or empty, as in a shell; it is taken as it stands, up to the first closing brace. {@code $${VAR}}
 * with two dollar signs is a plain {@code ${VAR}}; any other dollar sign is itself. What a variable or a file holds is
 * not looked into again.
 *
 * @param folder what relative paths of files are relative to
 */
record Environment(Map<String, String> variables, Path folder) {
    /** A variable, its default; a file. */
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*+))?}|file:([^}]++)})?");

    private static final int VARIABLE = 1;
    private static final int DEFAULT = 2;
    private static final int FILE = 3;

    Environment {
        variables = Map.copyOf(variables);
    }

    /** With paths relative to the working directory. */
    Environment(Map<String, String> variables) {
        this(variables, Path.of(""));
    }

    /**
     * The text with its references replaced.
     *
     * @throws InvalidValue naming the variable that is unset or the file that cannot be read, or the form where a
     *     reference has none
     */
    String expand(String text) {
        return expand(text, false);
    }

    /**
     * The same for a text that must not be empty by accident: a secret whose variable is empty is an open door.
     *
     * @throws InvalidValue also naming a variable that is set and empty, where the text gives no default, or a file
     *     that is empty
     */
    String expandSecret(String text) {
        return expand(text, true);
    }

    private String expand(String text, boolean secret) {
        Matcher reference = REFERENCE.matcher(text);
        StringBuilder expanded = new StringBuilder(text.length());
        int copied = 0;
        while (reference.find()) {
            expanded.append(text, copied, reference.start()).append(replacement(reference, secret));
            copied = reference.end();
        }
        return expanded.append(text, copied, text.length()).toString();
    }

    /** The opposite of {@link #expand}: a text that expands to this one whatever the variables are. */
    static String escape(String text) {
        return text.replace("${", "$${");
    }

    /** Whether a text takes something from a variable or a file, or may. */
    static boolean refersToVariable(String text) {
        Matcher reference = REFERENCE.matcher(text);
        while (reference.find()) {
            if (reference.group(VARIABLE) != null || reference.group(FILE) != null) {
                return true;
            }
        }
        return false;
    }

    private String replacement(Matcher reference, boolean secret) {
        if (reference.group().startsWith("$$")) {
            return "${";
        }
        if (reference.group(FILE) != null) {
            return content(reference.group(FILE), secret);
        }
        String name = reference.group(VARIABLE);
        if (name == null) {
            throw new InvalidValue(
                    "has a ${ that does not begin ${NAME} or ${NAME:-default}", "write $${ for a literal ${");
        }
        String value = variables.getOrDefault(name, "");
        String fallback = reference.group(DEFAULT);
        if (value.isEmpty() && fallback != null) {
            return fallback;
        }
        if (!variables.containsKey(name)) {
            throw new InvalidValue(
                    "refers to the environment variable " + name + ", which is not set",
                    "set it, or write ${" + name + ":-default}");
        }
        if (value.isEmpty() && secret) {
            throw new InvalidValue(
                    "refers to the environment variable " + name + ", which is empty",
                    "set it, or write ${" + name + ":-} if it may be empty");
        }
        return value;
    }

    private String content(String file, boolean secret) {
        try {
            Path path = folder.resolve(file);
            return secret ? SecretFile.read(path).reveal() : SecretFile.readText(path);
        } catch (InvalidPathException e) {
            throw new InvalidValue("refers to the file " + file + ", which is not a path", "write ${file:/run/x}");
        } catch (IOException e) {
            throw new InvalidValue("refers to the file " + file + ", which " + e.getMessage(), "");
        }
    }
}
