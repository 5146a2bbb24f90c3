package io.decant.config;

import java.util.List;
import java.util.Objects;

/**
 * The section {@code bucket}.
 *
 * @param key where the key of a record is found
 * @param missingKey what becomes of a record that has no key
 */
public record BucketSettings(KeySpec key, MissingKey missingKey) {

    static final Setting<BucketSettings, KeySpec> KEY = Setting.optional(
            "key",
            Types.KEY,
            KeySpec.RECORD,
            BucketSettings::key,
            "What no bucket holds twice: the record, the key beside the value of a Kafka record, the value at a JSON pointer (RFC 6901), a CSV column, or group 1 of the first"
                    + " match of an RE2 regular expression ([keys](keys.md)).");

    static final Setting<BucketSettings, MissingKey> MISSING_KEY = Setting.optional(
            "missing-key",
            Types.choice(MissingKey.class),
            MissingKey.RECORD,
            BucketSettings::missingKey,
            "What becomes of a record in which the key is not found. `record`: the whole record is its key. `dlq`: it is in no"
                    + " bucket and goes to the dead letters. With `key: record` there is none.");

    static final Section<BucketSettings> SECTION = new Section<>(
            BucketSettings.class,
            List.of(KEY, MISSING_KEY),
            values -> new BucketSettings(values.get(KEY), values.get(MISSING_KEY)));

    public BucketSettings {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(missingKey, "missingKey");
    }

    /** Every value as it is when nothing is set. */
    public static BucketSettings defaults() {
        return SECTION.defaults();
    }
}
