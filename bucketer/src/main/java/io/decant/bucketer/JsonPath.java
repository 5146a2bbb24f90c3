package io.decant.bucketer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A JSON pointer (RFC 6901), taken apart into its reference tokens; none of them for the whole document. Immutable. */
public final class JsonPath {

    private static final Pattern ARRAY_INDEX = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final List<String> tokens;
    private final List<Integer> indexes;

    private JsonPath(List<String> tokens) {
        this.tokens = tokens;
        this.indexes = tokens.stream().map(JsonPath::index).toList();
    }

    /** How many reference tokens. */
    public int length() {
        return tokens.size();
    }

    /** The member name that stands at a depth, from 0. */
    public String name(int depth) {
        return tokens.get(depth);
    }

    /** The array index that stands at a depth; -1 where it is none: leading zeros, or more than an array can have. */
    public int index(int depth) {
        return indexes.get(depth);
    }

    private static int index(String token) {
        return ARRAY_INDEX.matcher(token).matches() ? Integer.parseInt(token) : -1;
    }

    /**
     * Reads a pointer.
     *
     * @throws KeySpecException where it is none
     */
    public static JsonPath of(String pointer) {
        if (pointer.isEmpty()) {
            return new JsonPath(List.of());
        }
        if (pointer.charAt(0) != '/') {
            throw new KeySpecException(
                    "'json:" + pointer + "': a JSON pointer begins with '/'", "write json:/" + pointer);
        }
        List<String> tokens = new ArrayList<>();
        for (int from = 1; from <= pointer.length(); ) {
            int slash = pointer.indexOf('/', from);
            int to = slash < 0 ? pointer.length() : slash;
            tokens.add(unescape(pointer, from, to));
            from = to + 1;
        }
        return new JsonPath(tokens);
    }

    /** The path to a member of the whole document, whatever its name is. */
    public static JsonPath ofName(String name) {
        return new JsonPath(List.of(name));
    }

    private static String unescape(String pointer, int from, int to) {
        StringBuilder token = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            char c = pointer.charAt(i);
            if (c == '~') {
                i++;
                char escaped = i < to ? pointer.charAt(i) : 0;
                if (escaped != '0' && escaped != '1') {
                    throw new KeySpecException("'json:" + pointer + "' has a ~", "write ~0 for '~' and ~1 for '/'");
                }
                c = escaped == '0' ? '~' : '/';
            }
            token.append(c);
        }
        return token.toString();
    }
}
