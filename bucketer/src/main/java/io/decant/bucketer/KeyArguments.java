package io.decant.bucketer;

import java.util.regex.Pattern;

/** Checks what follows the kind of a key in its text: a JSON pointer, an expression. Stateless. */
public final class KeyArguments {

    /**
     * Most characters. An expression is compiled by recursion over its groups: a bound on its length bounds the stack.
     * And a key stands in every cut.
     */
    public static final int LENGTH_MAX = 1_024;

    private static final Pattern POINTER = Pattern.compile("(?:/(?:[^/~]|~[01])*+)++", Pattern.DOTALL);

    private KeyArguments() {}

    /**
     * Checks a JSON pointer (RFC 6901) to a part of a document.
     *
     * @throws KeySpecException if it is not one
     */
    public static void checkPointer(String pointer) {
        checkLength(pointer, "a JSON pointer");
        if (!pointer.startsWith("/")) {
            throw new KeySpecException("has a JSON pointer that does not begin with /", "write e.g. json:/user/id");
        }
        if (!POINTER.matcher(pointer).matches()) {
            throw new KeySpecException("has a ~ in its JSON pointer", "write ~0 for ~ and ~1 for /");
        }
    }

    /** @throws KeySpecException if it is longer than {@link #LENGTH_MAX} */
    static void checkLength(String argument, String what) {
        if (argument.length() > LENGTH_MAX) {
            throw new KeySpecException(
                    "has " + what + " of more than " + LENGTH_MAX + " characters", "write a shorter one");
        }
    }
}
