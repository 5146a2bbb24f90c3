package io.decant.bucketer;

import java.util.List;

/** {@code re2:EXPR}: group 1 of the first match of an RE2 expression; see {@link Re2KeyExtractor}. */
final class Re2KeyKind extends KeyKind {

    Re2KeyKind() {
        super("re2:");
    }

    @Override
    String form() {
        return "regex:EXPR (with a group 1)";
    }

    /** A cut says which engine its keys come from; settings do not name it. */
    @Override
    String settingName() {
        return "regex:";
    }

    @Override
    String canonical(String argument) {
        KeyArguments.checkLength(argument, "an expression");
        Re2Syntax.check(argument);
        return argument;
    }

    @Override
    Extractors extractors(String argument, String text, KeyRules rules) {
        try {
            JavaRegexKeyKind.requireGroup(
                    text, com.google.re2j.Pattern.compile(argument).groupCount());
        } catch (com.google.re2j.PatternSyntaxException e) {
            throw new KeySpecException("'" + text + "': " + e.getDescription() + ": " + e.getPattern(), e);
        }
        return () -> rules.compared(new Re2KeyExtractor(argument));
    }

    @Override
    List<String> differingFrom010(String argument) {
        return List.copyOf(Re2Syntax.differing(argument));
    }
}
