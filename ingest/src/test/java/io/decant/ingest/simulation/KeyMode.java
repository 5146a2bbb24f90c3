package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.deadletter.DeadLetter;

/**
 * What records are told apart by in a simulation, and how a record shows its key to those who check what came of it.
 */
enum KeyMode {
    RECORD("record"),
    CSV("csv:1"),
    KAFKA("kafka-key");

    /** Begins the text of a record without a value, which goes on with its key. */
    private static final char TOMBSTONE = '\0';

    private final String spec;

    KeyMode(String spec) {
        this.spec = spec;
    }

    String spec() {
        return spec;
    }

    /** The record of a letter as text. */
    static String text(DeadLetter letter) {
        return letter.frame() != null && letter.frame().tombstone()
                ? tombstone(new String(letter.frame().key(), UTF_8))
                : new String(letter.record(), UTF_8);
    }

    /** A record without a value as text. */
    static String tombstone(String key) {
        return TOMBSTONE + key;
    }

    String keyOf(String text) {
        boolean tombstone = text.charAt(0) == TOMBSTONE;
        return switch (this) {
            case RECORD -> tombstone ? tombstone("") : text;
            case CSV -> tombstone ? tombstone("") : text.substring(0, text.indexOf(','));
            case KAFKA -> tombstone ? text.substring(1) : SimulatedTopic.keyOf(text);
        };
    }
}
