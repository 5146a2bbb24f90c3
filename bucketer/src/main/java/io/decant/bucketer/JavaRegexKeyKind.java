package io.decant.bucketer;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code regex:EXPR} in a cut: group 1 of Java's engine, as 0.1.0 cut batches by it; see {@link RegexKeyExtractor}. */
final class JavaRegexKeyKind extends KeyKind {

    JavaRegexKeyKind() {
        super("regex:");
    }

    @Override
    String form() {
        return "";
    }

    @Override
    String canonical(String argument) {
        throw new IllegalStateException("it is not available in settings");
    }

    @Override
    Extractors extractors(String argument, String text, KeyRules rules) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(argument);
        } catch (PatternSyntaxException e) {
            int at = name().length() + e.getIndex() + 1;
            throw new KeySpecException("'" + text + "': " + e.getDescription() + " at character " + at, e);
        }
        requireGroup(text, pattern.matcher("").groupCount());
        return () -> rules.compared(new RegexKeyExtractor(pattern));
    }

    static void requireGroup(String text, int groups) {
        if (groups < 1) {
            throw new KeySpecException("'" + text + "' has no group", "put the part that is the key in (parentheses)");
        }
    }
}
