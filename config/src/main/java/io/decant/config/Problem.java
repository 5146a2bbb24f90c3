package io.decant.config;

/**
 * One thing that is wrong with the settings. Its {@link #toString()} is one line: where, which key, what about the value, and the way out.
 *
 * @param location the file and line, {@code decant.yaml:12}, or the option, {@code --set journal.linger=...}
 * @param key the dotted key, empty where no key is at fault
 * @param value the value as it was given, {@code <hidden>} for a secret, empty where no value is at fault
 * @param text what is wrong, read after the value
 * @param wayOut what to do about it, empty where the text says it
 */
public record Problem(String location, String key, String value, String text, String wayOut) {}
