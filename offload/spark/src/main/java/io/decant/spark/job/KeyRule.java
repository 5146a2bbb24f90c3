package io.decant.spark.job;

import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import java.io.Serializable;
import java.util.Locale;

/**
 * A {@link Keying} that can travel.
 *
 * @param key as the settings write it
 * @param missingKey likewise
 */
public record KeyRule(String key, String missingKey, long hashSeed) implements Serializable {

    /** Whether keys stand beside values, so that a value does not show its key. */
    boolean isBesideValue() {
        return KeySpec.of(key).equals(KeySpec.KAFKA_KEY);
    }

    Keying keying() {
        return new Keying(KeySpec.of(key), MissingKey.valueOf(missingKey.toUpperCase(Locale.ROOT)), hashSeed);
    }
}
