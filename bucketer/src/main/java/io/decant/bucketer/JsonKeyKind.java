package io.decant.bucketer;

/** {@code json:/pointer}: the value at a JSON pointer (RFC 6901); see {@link JsonKeyExtractor}. */
final class JsonKeyKind extends KeyKind {

    JsonKeyKind() {
        super("json:");
    }

    @Override
    String form() {
        return "json:/pointer";
    }

    @Override
    String canonical(String argument) {
        KeyArguments.checkPointer(argument);
        return argument;
    }

    @Override
    boolean isJson() {
        return true;
    }

    @Override
    Extractors extractors(String argument, String text, KeyRules rules) {
        JsonPath path = JsonPath.of(argument);
        return () -> rules.compared(new JsonKeyExtractor(path));
    }
}
