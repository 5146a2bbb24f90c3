package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.deadletter.DeadLetter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What records are told apart by in a simulation, and how a record shows its key to those who check what came of it.
 */
public enum KeyMode {
    RECORD("record"),
    CSV("csv:1"),
    KAFKA("kafka-key"),
    JSON("json:/key");

    private static final Pattern JSON_RECORD =
            Pattern.compile("\\{\"key\":\"(.*)\",\"from\":\"(.*)\",\"seq\":(\\d+)}", Pattern.DOTALL);

    /** Begins the text of a record without a value, which goes on with its key. */
    private static final char TOMBSTONE = '\0';

    private final String spec;

    KeyMode(String spec) {
        this.spec = spec;
    }

    String spec() {
        return spec;
    }

    /** A record of a sender, which counts its records. */
    public String record(String key, String from, long sequence) {
        return switch (this) {
            case RECORD -> key;
            case CSV, KAFKA -> key + "," + from + "," + sequence;
            case JSON -> "{\"key\":\"" + key + "\",\"from\":\"" + from + "\",\"seq\":" + sequence + "}";
        };
    }

    /** Key, sender and number of a record. */
    String[] fields(String text) {
        if (this != JSON) {
            return text.split(",", -1);
        }
        Matcher fields = JSON_RECORD.matcher(text);
        if (!fields.matches()) {
            throw new AssertionError("no record: " + text);
        }
        return new String[] {fields.group(1), fields.group(2), fields.group(3)};
    }

    /** The record of a letter as text. */
    static String text(DeadLetter letter) {
        return letter.frame() != null && letter.frame().tombstone()
                ? tombstone(new String(letter.frame().key(), UTF_8))
                : new String(letter.record(), UTF_8);
    }

    /** A record without a value as text. */
    public static String tombstone(String key) {
        return TOMBSTONE + key;
    }

    /** Its key, as buckets have it. */
    public String keyOf(String text) {
        boolean tombstone = text.charAt(0) == TOMBSTONE;
        return switch (this) {
            case RECORD -> tombstone ? tombstone("") : text;
            case CSV -> tombstone ? tombstone("") : text.substring(0, text.indexOf(','));
            case JSON -> tombstone ? tombstone("") : jsonKeyOf(text);
            case KAFKA -> tombstone ? text.substring(1) : SimulatedTopic.keyOf(text);
        };
    }

    /** Of a record without such a key, the whole. */
    private static String jsonKeyOf(String text) {
        Matcher fields = JSON_RECORD.matcher(text);
        return fields.matches() ? fields.group(1) : text;
    }
}
