package io.decant.config;

import io.decant.bucketer.Fold;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.KeySpecException;
import io.decant.bucketer.MissingKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The section {@code bucket}.
 *
 * @param key where the key of a record is found
 * @param keys several keys in place of it; empty: there is one
 * @param missingKey what becomes of a record that has no key
 * @param fold which letters of keys are the same
 * @param csvDelimiter between the fields of CSV: one character, or a backslash and a t
 */
public record BucketSettings(
        KeySpec key, Optional<KeySpec> keys, MissingKey missingKey, Fold fold, String csvDelimiter) {

    private static final SectionKeys<BucketSettings> DECLARED = SectionKeys.of(BucketSettings.class);

    static final Setting<BucketSettings, KeySpec> KEY = DECLARED.optional(
            new KeyType(),
            KeySpec.RECORD,
            "The key, which no bucket contains twice: the whole record, the key that the source gives beside it"
                    + " (`source-key`, or its older name `kafka-key`: that of a Kafka record or of a row of a table),"
                    + " the value at a JSON pointer (RFC 6901), a CSV column, or group 1 of the first match of an RE2"
                    + " regular expression. A list is one key of several values: `[json:/tenant, json:/id]`"
                    + " ([keys](keys.md)).");

    static final Setting<BucketSettings, Optional<KeySpec>> KEYS = DECLARED.optional(
            new KeysType(),
            Optional.empty(),
            "Several keys, instead of `key`: no bucket contains two records that share a value of any of"
                    + " them. A record need not have all; `any-of` lists several places of one value, each of which"
                    + " counts ([keys](keys.md)).");

    static final Setting<BucketSettings, MissingKey> MISSING_KEY = DECLARED.optional(
            Types.choice(MissingKey.class),
            MissingKey.RECORD,
            "What happens to a record without a key. `record`: the whole record is its key. `dlq`: it is"
                    + " in no bucket and goes to the dead letters. With `key: record` every record has a key.");

    static final Setting<BucketSettings, Fold> FOLD = DECLARED.optional(
            Types.choice(Fold.class),
            Fold.NONE,
            "Which letters of keys count as the same. `case`: `Bob` and `bob` are one key. `case-accent`: `Zoë` and"
                    + " `zoe`, too, and spaces at the end do not count. `record` and `source-key` are bytes, and always"
                    + " compared as such ([keys](keys.md)).");

    static final Setting<BucketSettings, String> CSV_DELIMITER = DECLARED.optional(
            Types.text("one character of ASCII, or `\\t` for a tab", BucketSettings::checkDelimiter),
            ",",
            "What separates the fields of records for `key: csv:N`.");

    static final Section<BucketSettings> SECTION = DECLARED.section();

    public BucketSettings {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(missingKey, "missingKey");
        Objects.requireNonNull(fold, "fold");
        CSV_DELIMITER.check(csvDelimiter);
    }

    private static void checkDelimiter(String text) {
        try {
            KeySpec.parseDelimiter(text);
        } catch (KeySpecException e) {
            throw new InvalidValue(e.text(), e.wayOut());
        }
    }

    /** Which settings of it cannot stand together, or with those of these sinks. */
    List<Conflict> conflicts(String section, Map<String, SinkSettings> sinks) {
        List<Conflict> conflicts = new ArrayList<>();
        sinks.forEach(
                (name, sink) -> conflicts.addAll(sink.bucketConflicts(Input.join(Settings.SINKS.key(), name), this)));
        if (keys.isEmpty()) {
            return conflicts;
        }
        String several = keys.get().setting();
        if (!key.equals(KeySpec.RECORD)) {
            conflicts.add(Conflict.of(
                    section + ".key",
                    key.setting(),
                    section + ".keys",
                    several,
                    "is set together with bucket.keys",
                    "remove one of the two"));
        }
        sinks.forEach((name, sink) -> {
            if (sink.countsKeys() && keys.get().isSeveral()) {
                conflicts.add(Conflict.of(
                        Input.join(Input.join(Settings.SINKS.key(), name), "format"),
                        "counts",
                        section + ".keys",
                        several,
                        "counts the records of a key, and with these bucket.keys a record can have several",
                        "set bucket.key in place of bucket.keys, or another format"));
            }
        });
        return conflicts;
    }

    /** The key with all that it is compared by: what a cut freezes. One key with a name is that key. */
    public KeySpec frozenKey() {
        KeySpec set = keys.orElse(key);
        KeySpec frozen = set.isSeveral() ? set : set.places().get(0);
        return frozen.with(fold, KeySpec.parseDelimiter(csvDelimiter));
    }

    /** Every value as it is when nothing is set. */
    public static BucketSettings defaults() {
        return SECTION.defaults();
    }
}
