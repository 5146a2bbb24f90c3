package io.decant.bucketer;

import java.util.ArrayList;
import java.util.List;

/**
 * A JSON pointer (RFC 6901), taken apart.
 *
 * @param tokens the unescaped reference tokens from the root; none for the whole document
 */
record JsonPath(List<String> tokens) {

    JsonPath {
        tokens = List.copyOf(tokens);
    }

    static JsonPath of(String pointer) {
        if (pointer.isEmpty()) {
            return new JsonPath(List.of());
        }
        if (pointer.charAt(0) != '/') {
            throw new KeySpecException("'json:" + pointer + "': a JSON pointer begins with '/': json:/" + pointer);
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

    private static String unescape(String pointer, int from, int to) {
        StringBuilder token = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            char c = pointer.charAt(i);
            if (c == '~') {
                i++;
                char escaped = i < to ? pointer.charAt(i) : 0;
                if (escaped != '0' && escaped != '1') {
                    throw new KeySpecException("'json:" + pointer + "': write ~0 for '~' and ~1 for '/'");
                }
                c = escaped == '0' ? '~' : '/';
            }
            token.append(c);
        }
        return token.toString();
    }
}
