package io.decant.spark.job;

import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.Transform;
import io.decant.bucketer.transform.StepTransform;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@link Keying} that can travel.
 *
 * @param key as the settings write it
 * @param missingKey likewise
 * @param transforms by source, what its records go through, as a cut has it
 * @param salt of {@code json-hash}; null: there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record KeyRule(
        String key, String missingKey, long hashSeed, TreeMap<String, ArrayList<String>> transforms, byte[] salt)
        implements Serializable {

    /** Before the name of a source whose dead letters go out again. */
    private static final String REPLAY_PREFIX = "dlq//";

    /** For records that stay as they are. */
    public KeyRule(String key, String missingKey, long hashSeed) {
        this(key, missingKey, hashSeed, new TreeMap<>(), null);
    }

    /** The same with transforms, and the salt of this process's environment. */
    KeyRule withTransforms(Map<String, List<String>> frozen) {
        TreeMap<String, ArrayList<String>> sorted = new TreeMap<>();
        frozen.forEach((source, texts) -> sorted.put(source, new ArrayList<>(texts)));
        return new KeyRule(key, missingKey, hashSeed, sorted, StepTransform.saltOf(System.getenv()));
    }

    /** The transform of a source, from 1; 0: it has none. */
    int transformOf(String source) {
        if (source.startsWith(REPLAY_PREFIX)) {
            return transformOf(source.substring(REPLAY_PREFIX.length()));
        }
        return transforms.containsKey(source) ? transforms.headMap(source).size() + 1 : 0;
    }

    /** Whether keys stand beside values, so that a value does not show its key. */
    boolean isBesideValue() {
        return KeySpec.of(key).equals(KeySpec.KAFKA_KEY);
    }

    /** Whether a record can have more than one key. */
    boolean isSeveral() {
        return KeySpec.of(key).isSeveral();
    }

    Keying keying() {
        List<Transform> made = new ArrayList<>();
        transforms.values().forEach(texts -> made.add(StepTransform.ofFrozen(texts, salt)));
        return new Keying(KeySpec.of(key), MissingKey.valueOf(missingKey.toUpperCase(Locale.ROOT)), hashSeed, made);
    }
}
