package io.decant.ingest.journal;

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
        return key.startsWith(RE2_KEY) ? RE2 : JAVA;
    }

    /** The engine with this code. */
    static RegexEngine of(byte code) {
        for (RegexEngine engine : values()) {
            if (engine.code == code) {
                return engine;
            }
        }
        throw new IllegalArgumentException("no engine of regular expressions has the code " + code);
    }
}
