package io.decant.ingest.history;

import io.decant.config.PrintableText;

/**
 * An object of JSON in one line. Events are told by stages, some hundred times a second where batches are small: too
 * often, and by every server, for the classes that other JSON is made by.
 */
final class EventData {

    private final StringBuilder text = new StringBuilder(320).append('{');

    EventData add(String name, Long value) {
        return addJson(name, String.valueOf(value));
    }

    EventData add(String name, boolean value) {
        return addJson(name, value ? "true" : "false");
    }

    /** @param value null: it is not known */
    EventData add(String name, String value) {
        name(name);
        if (value == null) {
            text.append("null");
        } else {
            append(value);
        }
        return this;
    }

    EventData add(String name, Iterable<String> values) {
        name(name);
        char before = '[';
        for (String value : values) {
            text.append(before);
            append(value);
            before = ',';
        }
        text.append(before == '[' ? "[]" : "]");
        return this;
    }

    EventData addJson(String name, String json) {
        name(name);
        text.append(json);
        return this;
    }

    private void name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        append(name);
        text.append(':');
    }

    private void append(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                text.append(escaped(value, i)).append('"');
                return;
            }
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c);
        }
        text.append('"');
    }

    /**
     * What is not printable becomes an escape: a line end would end the event's line, others show a person what is not
     * there.
     */
    private static String escaped(String value, int from) {
        StringBuilder rest = new StringBuilder(value.length());
        for (int i = from; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                rest.append('\\').append(c);
            } else if (c < ' ') {
                rest.append("\\u00").append(hex(c >> 4)).append(hex(c & 15));
            } else {
                rest.append(c);
            }
        }
        return PrintableText.ofJson(rest.toString());
    }

    private static char hex(int digit) {
        return Character.forDigit(digit, 16);
    }

    /** The whole of it. */
    String end() {
        return text.append('}').toString();
    }
}
