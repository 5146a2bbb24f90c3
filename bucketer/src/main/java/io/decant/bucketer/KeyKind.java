package io.decant.bucketer;

import java.util.List;

/**
 * A kind of key: how settings and cuts write it, and what finds it. Add one as a class of its own and a line in
 * {@link KeyKinds}. Immutable.
 */
abstract class KeyKind {

    private final String name;

    /** @param name what the texts of such keys begin with: {@code json:}; or, without a colon, are */
    KeyKind(String name) {
        this.name = name;
    }

    final String name() {
        return name;
    }

    /** Whether a text of a cut is of such a key. */
    final boolean isOf(String text) {
        return begins(text, name);
    }

    /** Whether a text of the settings is of such a key. */
    final boolean isOfSetting(String text) {
        return !form().isEmpty() && begins(text, settingName());
    }

    private static boolean begins(String text, String name) {
        return name.endsWith(":") ? text.startsWith(name) : text.equals(name);
    }

    /** What stands behind the name. */
    final String argument(String text) {
        return text.substring(name.length());
    }

    /** How settings write such a key, for messages; empty where they cannot: only cuts of older versions have it. */
    abstract String form();

    /** What the name of such a key in settings begins with; the name that cuts have, but for few. */
    String settingName() {
        return name;
    }

    /**
     * What a cut is to say behind the name.
     *
     * @throws KeySpecException whose message says what is wrong with the settings and the way out, without the value
     */
    abstract String canonical(String argument);

    /**
     * What a cut says behind the name, ready for use.
     *
     * @param text all of it, for errors
     * @throws KeySpecException when it is no such key
     */
    abstract Extractors extractors(String argument, String text, KeyRules rules);

    /** Whether the key is the bytes that came in, whatever rules there are; so its text is that of 0.1.0. */
    boolean isBytes() {
        return false;
    }

    /** Whether records are read as CSV, so that the delimiter matters. */
    boolean isDelimited() {
        return false;
    }

    /** Whether records are read as JSON. */
    boolean isJson() {
        return false;
    }

    /** Whether the key stands beside a record's value, so that a line has none. */
    boolean isBesideRecord() {
        return false;
    }

    /** Whether the key can be a part of another one. */
    boolean canBePart() {
        return true;
    }

    /** What of the argument does not match quite what it did in 0.1.0. */
    List<String> differingFrom010(String argument) {
        return List.of();
    }

    /** Makes extractors, each for the use of one thread. */
    @FunctionalInterface
    interface Extractors {
        KeyExtractor make();
    }
}
