package io.decant.bucketer.transform;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A step as it is written down: its name and, behind a colon, what it is to do, as JSON: a string, an array of strings,
 * or an object of strings.
 *
 * <pre>
 *   trim
 *   split: " "
 *   csv-pick: [3,1]
 *   json-pick: {"id":"/user/id"}
 * </pre>
 *
 * <p>The same step is the same text: no white space but behind the name's colon, strings with no more escapes than they
 * need, whole numbers in an array without quotes. Immutable.
 *
 * @param text null where there is none
 * @param items null where there are none
 * @param members in the order of the text; null where there are none
 */
record StepText(String name, String text, List<String> items, Map<String, String> members) {

    static StepText of(String name) {
        return new StepText(name, null, null, null);
    }

    static StepText of(String name, String text) {
        return new StepText(name, text, null, null);
    }

    static StepText of(String name, List<String> items) {
        return new StepText(name, null, List.copyOf(items), null);
    }

    static StepText of(String name, Map<String, String> members) {
        return new StepText(name, null, null, new LinkedHashMap<>(members));
    }

    /**
     * Reads a text.
     *
     * @throws StepException where it is not written like a step, whatever its name is
     */
    static StepText parse(String source) {
        return new Reader(source).step();
    }

    @Override
    public String toString() {
        if (text != null) {
            return name + ": " + quoted(text);
        }
        if (items != null) {
            return items.stream().map(StepText::item).collect(Collectors.joining(",", name + ": [", "]"));
        }
        if (members != null) {
            return members.entrySet().stream()
                    .map(member -> quoted(member.getKey()) + ":" + quoted(member.getValue()))
                    .collect(Collectors.joining(",", name + ": {", "}"));
        }
        return name;
    }

    private static String item(String item) {
        return isNumber(item) ? item : quoted(item);
    }

    private static boolean isNumber(String item) {
        return !item.isEmpty() && item.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** As a JSON string. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    /** Reads a step from left to right. */
    private static final class Reader {
        private static final int HEX_DIGITS = 4;

        private final String source;
        private int at;

        Reader(String source) {
            this.source = source;
        }

        StepText step() {
            int colon = source.indexOf(':');
            if (colon < 0) {
                return of(source.strip());
            }
            String name = source.substring(0, colon).strip();
            at = colon + 1;
            StepText step =
                    switch (peek()) {
                        case '"' -> of(name, string());
                        case '[' -> of(name, array());
                        case '{' -> of(name, object());
                        default -> throw malformed("a string, an array or an object");
                    };
            if (peek() >= 0) {
                throw malformed("the end");
            }
            return step;
        }

        /** The next character that is no white space; -1 at the end. */
        private int peek() {
            while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
                at++;
            }
            return at < source.length() ? source.charAt(at) : -1;
        }

        private void expect(char c) {
            if (peek() != c) {
                throw malformed("'" + c + "'");
            }
            at++;
        }

        private List<String> array() {
            List<String> items = new ArrayList<>();
            expect('[');
            while (peek() != ']') {
                items.add(peek() == '"' ? string() : number());
                if (peek() != ']') {
                    expect(',');
                }
            }
            at++;
            return items;
        }

        private Map<String, String> object() {
            Map<String, String> members = new LinkedHashMap<>();
            expect('{');
            while (peek() != '}') {
                String name = string();
                expect(':');
                if (peek() == '"' && members.put(name, string()) == null) {
                    if (peek() != '}') {
                        expect(',');
                    }
                } else {
                    throw malformed("another name, and a string behind it");
                }
            }
            at++;
            return members;
        }

        private String number() {
            int from = at;
            while (at < source.length() && Character.isDigit(source.charAt(at))) {
                at++;
            }
            if (at == from) {
                throw malformed("a string or a whole number");
            }
            return source.substring(from, at);
        }

        private String string() {
            expect('"');
            StringBuilder text = new StringBuilder();
            while (at < source.length()) {
                char c = source.charAt(at++);
                if (c == '"') {
                    return text.toString();
                }
                text.append(c == '\\' ? escaped() : c);
            }
            throw malformed("'\"'");
        }

        private char escaped() {
            char c = at < source.length() ? source.charAt(at++) : 0;
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> {
                    at += HEX_DIGITS;
                    try {
                        yield (char) HexFormat.fromHexDigits(source, at - HEX_DIGITS, at);
                    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                        throw new StepException("'" + source + "': write four hexadecimal digits behind \\u", e);
                    }
                }
                default -> throw malformed("one of \" \\ / b f n r t u");
            };
        }

        private StepException malformed(String wanted) {
            return new StepException(
                    "'" + source + "' is not a step: at character " + (at + 1) + " there should be " + wanted);
        }
    }
}
