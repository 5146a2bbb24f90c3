package io.decant.ingest.journal;

import io.decant.bucketer.KeySpec;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All settings that shape a batch's buckets, parts and idempotency keys, frozen in its cut. Immutable.
 *
 * <p>What format 1 of the journal can say is written in format 1, see {@link #fitsFormat1()}.
 *
 * @param serverName {@code name} of the settings when the batch was cut
 * @param keys of {@code bucket.key}, at least one
 * @param missingKey {@code bucket.missing-key}
 * @param hashSeed seed of the key hash
 * @param keySemantics version of the rules by which a key is found in a record; {@link #KEY_SEMANTICS_FIRST} to 65535
 * @param regexEngine what reads the regular expressions among the keys
 * @param transforms the steps that each source's records go through, by the source's name, in order; none for most
 * @param sinks the sinks that this batch goes to
 */
public record Shape(
        String serverName,
        List<KeyShape> keys,
        String missingKey,
        long hashSeed,
        int keySemantics,
        RegexEngine regexEngine,
        Map<String, List<String>> transforms,
        List<SinkShape> sinks) {

    /** The rules of 0.1.0, and of every cut in format 1. */
    public static final int KEY_SEMANTICS_FIRST = 1;
    /**
     * Longest transform step, and longest text that a sink adds (settings of a job, map of columns), in bytes of UTF-8.
     */
    public static final int TEXT_BYTES_MAX = 32 << 10;
    /** Longest shape that needs format 2, all its texts together, in bytes as it stands on disk. */
    public static final int BYTES_MAX = 256 << 10;

    /** @throws JournalException of kind {@link JournalException.Kind#SETTINGS} where it is too long for the journal */
    public Shape {
        Objects.requireNonNull(regexEngine, "regexEngine");
        keys = List.copyOf(keys);
        Map<String, List<String>> checked = new HashMap<>();
        transforms.forEach((source, steps) -> {
            steps.forEach(step -> requireFits(step, "a transform of source " + source));
            checked.put(source, List.copyOf(steps));
        });
        transforms = Map.copyOf(checked);
        sinks = List.copyOf(sinks);
        if (keys.isEmpty() || keySemantics < KEY_SEMANTICS_FIRST || keySemantics > 0xFFFF) {
            throw new IllegalArgumentException("invalid shape: keys " + keys + ", key semantics " + keySemantics);
        }
        if (!fits1(keys, keySemantics, regexEngine, transforms, sinks)) {
            int bytes = ShapeCodec.encodedBytes(serverName, keys, missingKey, transforms, sinks);
            if (bytes > BYTES_MAX) {
                throw tooLong("what shapes a batch (keys, transforms and what the sinks add)", bytes, BYTES_MAX);
            }
        }
    }

    /**
     * One key, and nothing else that is new since 0.1.0. A key whose text names RE2 needs format 2: 0.1.0 must refuse
     * it by its format, not stop at a key that it cannot read.
     */
    public Shape(String serverName, String key, String missingKey, long hashSeed, List<SinkShape> sinks) {
        this(
                serverName,
                List.of(new KeyShape(key)),
                missingKey,
                hashSeed,
                KEY_SEMANTICS_FIRST,
                RegexEngine.ofKey(key),
                Map.of(),
                sinks);
    }

    static void requireFits(String text, String what) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > TEXT_BYTES_MAX) {
            throw tooLong(what, bytes, TEXT_BYTES_MAX);
        }
    }

    private static JournalException tooLong(String what, int bytes, int bytesMax) {
        return new JournalException(
                JournalException.Kind.SETTINGS,
                "journal: " + what + " takes " + bytes + " bytes, and at most " + bytesMax
                        + " fit; make it shorter in the settings");
    }

    /** The same with other rules for finding keys. */
    public Shape withKeys(List<KeyShape> otherKeys, int semantics, RegexEngine engine) {
        return new Shape(serverName, otherKeys, missingKey, hashSeed, semantics, engine, transforms, sinks);
    }

    /** The same with another engine of regular expressions. */
    public Shape withRegexEngine(RegexEngine engine) {
        return withKeys(keys, keySemantics, engine);
    }

    /** The same with keys found and compared by other rules. */
    public Shape withKeySemantics(int semantics) {
        return withKeys(keys, semantics, regexEngine);
    }

    /** The same with these steps for the records of each source. */
    public Shape withTransforms(Map<String, List<String>> steps) {
        return new Shape(serverName, keys, missingKey, hashSeed, keySemantics, regexEngine, steps, sinks);
    }

    /** The same for these sinks. */
    public Shape withSinks(List<SinkShape> others) {
        return new Shape(serverName, keys, missingKey, hashSeed, keySemantics, regexEngine, transforms, others);
    }

    /** Canonical text of the first key: the only one where there is one. */
    public String key() {
        return keys.get(0).text();
    }

    /**
     * Whether format 1 of the journal can say all of it: one key without folding, found by the rules of 0.1.0, and
     * nothing new.
     */
    public boolean fitsFormat1() {
        return fits1(keys, keySemantics, regexEngine, transforms, sinks);
    }

    private static boolean fits1(
            List<KeyShape> keys,
            int keySemantics,
            RegexEngine regexEngine,
            Map<String, List<String>> transforms,
            List<SinkShape> sinks) {
        return keys.size() == 1
                && keys.get(0).folding().isEmpty()
                && keySemantics == KEY_SEMANTICS_FIRST
                && regexEngine == RegexEngine.JAVA
                && transforms.isEmpty()
                && sinks.stream().allMatch(sink -> sink.extra().isEmpty());
    }

    /** The shape for a sink, or null where the batch does not go to it. */
    public SinkShape sink(String name) {
        for (SinkShape sink : sinks) {
            if (sink.name().equals(name)) {
                return sink;
            }
        }
        return null;
    }

    /**
     * One of the keys that tell a batch's records apart.
     *
     * @param text canonical text of the key, e.g. {@code json:/user/id}
     * @param folding canonical text of what is done to the key before it is compared; empty: nothing
     */
    public record KeyShape(String text, String folding) {

        public KeyShape {
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(folding, "folding");
        }

        /** A key that is compared as it is. */
        public KeyShape(String text) {
            this(text, "");
        }
    }

    /** Which engine reads the regular expressions of a batch's keys; the code stands on disk. */
    public enum RegexEngine {
        /** {@code java.util.regex}, the engine of 0.1.0 and of every cut in format 1. */
        JAVA(0),
        /** RE2, which takes linear time. */
        RE2(1);

        private static final String RE2_KEY = "re2:";

        private final byte code;

        RegexEngine(int code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }

        /** The engine that the canonical text of a key asks for; {@link #JAVA} where it has no regular expression. */
        static RegexEngine ofKey(String key) {
            // Rules newer than those of 0.1.0 have no other engine.
            return key.startsWith(RE2_KEY) || key.startsWith(KeySpec.RULES_PREFIX) ? RE2 : JAVA;
        }

        /** The engine with this code. */
        static RegexEngine of(byte code) {
            for (RegexEngine engine : values()) {
                if (engine.code == code) {
                    return engine;
                }
            }
            throw new IllegalArgumentException("unknown engine of regular expressions: code " + code);
        }
    }
}
