package io.decant.config;

import io.decant.bucketer.KeySpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which settings of a database sink do not fit together, or not with those of buckets. */
final class JdbcSinkRules {

    private final JdbcSinkSettings sink;
    private final String path;
    private final List<Conflict> conflicts = new ArrayList<>();

    private JdbcSinkRules(String path, JdbcSinkSettings sink) {
        this.path = path;
        this.sink = sink;
    }

    static List<Conflict> conflicts(String path, JdbcSinkSettings sink) {
        JdbcSinkRules rules = new JdbcSinkRules(path, sink);
        rules.addModes();
        rules.addColumns();
        rules.conflicts.addAll(PasswordFile.conflicts(path, sink.password(), sink.passwordFile()));
        return rules.conflicts;
    }

    private void addModes() {
        if (sink.mode() == WriteMode.UPSERT) {
            if (sink.key().isEmpty()) {
                add(
                        "needs the columns that identify a row",
                        "set key, e.g. key: [id], or mode: insert",
                        "mode",
                        "upsert");
            }
            return;
        }
        if (!sink.key().isEmpty()) {
            add("is for mode: upsert only", "remove key, or set mode: upsert", "key", sink.key());
        }
        if (sink.deleteTombstones()) {
            add("is for mode: upsert only", "remove it, or set mode: upsert", "delete-tombstones", "true");
        }
        if (!sink.deleteIf().isEmpty()) {
            add("is for mode: upsert only", "remove it, or set mode: upsert", "delete-if", sink.deleteIf());
        }
        if (!sink.newerBy().isEmpty()) {
            add("is for mode: upsert only", "remove it, or set mode: upsert", "newer-by", sink.newerBy());
        }
    }

    private void addColumns() {
        if (sink.columns().isEmpty()) {
            return;
        }
        for (String column : sink.key()) {
            if (!sink.columns().containsKey(column)) {
                add("names a column that is not written: " + column, "add it to columns", "key", sink.key());
            }
        }
        if (!sink.newerBy().isEmpty() && !sink.columns().containsKey(sink.newerBy())) {
            add("is a column that is not written", "add it to columns", "newer-by", sink.newerBy());
        }
        if (sink.unknownMembers() == UnknownMembers.IGNORE) {
            add("is for columns: auto only", "remove it, or columns", "unknown-members", "ignore");
        }
    }

    /**
     * A bucket that held two records of one row would be refused by the database as a whole, or one of the two would be
     * lost.
     */
    static List<Conflict> bucketConflicts(String path, JdbcSinkSettings sink, BucketSettings bucket) {
        JdbcSinkRules rules = new JdbcSinkRules(path, sink);
        rules.addBucket(bucket);
        return rules.conflicts;
    }

    private void addBucket(BucketSettings bucket) {
        if (sink.mode() == WriteMode.INSERT || sink.key().isEmpty()) {
            return;
        }
        KeySpec spec = bucket.keys().orElse(bucket.key());
        String bucketKey = bucket.keys().isPresent() ? "bucket.keys" : "bucket.key";
        if (sink.deleteTombstones() && !spec.equals(KeySpec.KAFKA_KEY)) {
            add(
                    "needs the key of the Kafka record, because a tombstone has no other",
                    "set bucket.key: kafka-key",
                    "delete-tombstones",
                    "true",
                    bucketKey,
                    spec.setting());
        }
        if (spec.equals(KeySpec.KAFKA_KEY)) {
            // Whether the columns hold that cannot be checked here; the database checks it.
            return;
        }
        Set<String> pointers = sink.key().stream().map(sink::pointer).collect(Collectors.toSet());
        if (!spec.tellsApartBy(pointers)) {
            String fitting = sink.key().stream()
                    .map(column -> "json:" + sink.pointer(column))
                    .collect(Collectors.joining(", "));
            add(
                    "does not fit " + bucketKey + ": a bucket could contain two records of one row",
                    "set bucket.key: " + (sink.key().size() == 1 ? fitting : "[" + fitting + "]"),
                    "key",
                    sink.key(),
                    bucketKey,
                    spec.setting());
        }
    }

    private void add(String text, String wayOut, String key, Object value) {
        conflicts.add(new Conflict(Map.of(path + "." + key, value.toString()), text, wayOut));
    }

    private void add(String text, String wayOut, String key, Object value, String other, String otherValue) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(path + "." + key, value.toString());
        values.put(other, otherValue);
        conflicts.add(new Conflict(values, text, wayOut));
    }
}
