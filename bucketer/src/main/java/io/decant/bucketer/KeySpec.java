package io.decant.bucketer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the key of a record is and how it is compared, as a cut writes it:
 *
 * <table>
 * <caption>Kinds of keys</caption>
 * <tr><td>{@code record}</td><td>the whole record</td></tr>
 * <tr><td>{@code kafka-key}</td><td>the key beside the value of a Kafka record; a line has none</td></tr>
 * <tr><td>{@code json:/pointer}</td><td>the value at a JSON pointer (RFC 6901); see {@link JsonKeyExtractor}</td></tr>
 * <tr><td>{@code csv:N}</td><td>field N, from 1, of a CSV row (RFC 4180); see {@link CsvKeyExtractor}</td></tr>
 * <tr><td>{@code re2:EXPR}</td><td>group 1 of the first match of an RE2 expression; see
 * {@link Re2KeyExtractor}</td></tr>
 * <tr><td>{@code regex:EXPR}</td><td>the same of one of Java's, as 0.1.0 cut batches by it; see
 * {@link RegexKeyExtractor}</td></tr>
 * </table>
 *
 * <p>These texts alone mean what they meant in 0.1.0, in which keys are compared byte for byte. Behind {@code v2} they
 * are compared by what they mean ({@link ComparedKeyExtractor}), and several of them can be one key. {@code record} and
 * {@code kafka-key} are bytes: alone, they are written as they always were.
 *
 * <p>The settings write {@code regex:EXPR} for what is {@code re2:EXPR} here: a cut says which engine its keys come
 * from, and keeps it.
 *
 * <p>Immutable; any thread. Two are equal when their texts are.
 */
public final class KeySpec {

    /** Version of the rules of 0.1.0. */
    public static final int SEMANTICS_FIRST = 1;

    /** Version of the rules that {@link #parse(String)} chooses. */
    public static final int SEMANTICS = 2;

    /** What a key in a cut begins with that is not compared by the rules of 0.1.0. */
    public static final String RULES_PREFIX = "v2 ";

    /** The whole record is the key. */
    public static final KeySpec RECORD = of("record");

    /** The key that a record of Kafka, or of another source that gives one, has beside its value. */
    public static final KeySpec KAFKA_KEY = of("kafka-key");

    /** What settings can say. */
    public static final String FORMS = KeyKinds.forms();

    /**
     * Keys far to the right cost a walk over the line for every record; wider lines than this are a mistake in the
     * settings.
     */
    public static final int CSV_COLUMN_MAX = 16_384;

    /** Parts of a composite key. Each is looked for in every record. */
    public static final int PARTS_MAX = 8;

    /** Keys that a record can have, all places of all keys. */
    public static final int SLOTS_MAX = 8;

    private static final String ONLY = "";

    private final String text;
    private final KeyRules rules;
    /** By name, in the order of the settings; of one key without a name. */
    private final Map<String, List<KeyTuple>> keys;

    private final List<List<KeyKind.Extractors>> extractors = new ArrayList<>();

    /** @throws KeySpecException where a part of it does not say where it is */
    KeySpec(String text, KeyRules rules, Map<String, List<KeyTuple>> keys) {
        this.text = text;
        this.rules = rules;
        this.keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        this.keys
                .values()
                .forEach(anyOf -> extractors.add(
                        anyOf.stream().map(tuple -> tuple.extractors(rules)).toList()));
    }

    private static KeySpec of(KeyRules rules, Map<String, List<KeyTuple>> keys) {
        boolean several = !keys.containsKey(ONLY);
        List<KeyTuple.Part> first = keys.values().iterator().next().get(0).parts();
        if (!several && first.size() == 1 && first.get(0).kind().isBytes()) {
            return of(first.get(0).text());
        }
        return new KeySpec(KeyText.write(rules, keys, several), rules, keys);
    }

    private static KeySpec of(KeyTuple tuple) {
        return of(KeyRules.DEFAULT, Map.of(ONLY, List.of(tuple)));
    }

    /**
     * Reads what the settings say: {@code record}, {@code source-key} or its older name {@code kafka-key},
     * {@code json:/pointer}, {@code csv:N} or {@code regex:EXPR}; or several in brackets, which are the key together.
     * What {@link #of(String)} takes from a cut is more.
     *
     * @throws KeySpecException whose message says what is wrong and the way out, without the value
     */
    public static KeySpec parse(String setting) {
        if (setting.startsWith("[") && setting.endsWith("]")) {
            String[] parts = KeyKinds.split(setting.substring(1, setting.length() - 1));
            if (parts[0].startsWith("[")) {
                throw listAmongParts();
            }
            return composite(Stream.of(parts).map(KeySpec::parse).toList());
        }
        String named = KeyKinds.withoutAlias(setting);
        KeyKind kind = KeyKinds.ofSetting(named);
        String argument = kind.canonical(named.substring(kind.settingName().length()));
        return of(new KeyTuple(List.of(new KeyTuple.Part(kind, argument))));
    }

    /**
     * Reads one key or several, each named by its own text.
     *
     * @param settings at least one, as {@link #parse(String)} reads it
     * @throws KeySpecException where they cannot be
     */
    public static KeySpec parse(List<String> settings) {
        if (settings.size() == 1) {
            return parse(settings.get(0));
        }
        Map<String, KeySpec> keys = new LinkedHashMap<>();
        for (String setting : settings) {
            if (keys.put(setting, parse(setting)) != null) {
                throw new KeySpecException("has the same key twice", "remove one");
            }
        }
        return several(keys);
    }

    /**
     * Reads what separates the fields of CSV: a character, or {@code \\t}.
     *
     * @throws KeySpecException where nothing can
     */
    public static char parseDelimiter(String text) {
        if (text.equals("\\t") || text.equals("\t")) {
            return '\t';
        }
        char delimiter = text.length() == 1 ? text.charAt(0) : 0;
        if (delimiter < ' ' || delimiter > '~' || delimiter == '"') {
            throw new KeySpecException(
                    "is not a delimiter", "write one character of ASCII other than a quote, or \\t for a tab");
        }
        return delimiter;
    }

    /**
     * One key of several values: two records have the same where all of these are the same. Of a single part, the part.
     *
     * @param parts keys of one value each, as {@link #parse(String)} reads them
     * @throws KeySpecException where they cannot be
     */
    public static KeySpec composite(List<KeySpec> parts) {
        if (parts.isEmpty() || parts.size() > PARTS_MAX) {
            throw new KeySpecException(
                    parts.isEmpty() ? "is empty" : "has more than " + PARTS_MAX + " parts", "name 1 to " + PARTS_MAX);
        }
        List<KeyTuple.Part> together = new ArrayList<>();
        for (KeySpec part : parts) {
            List<KeyTuple.Part> ofPart = part.onlyTuple("several keys among its parts", "name each key in bucket.keys")
                    .parts();
            if (ofPart.size() > 1) {
                throw listAmongParts();
            }
            KeyTuple.Part only = ofPart.get(0);
            if (!only.kind().canBePart() && parts.size() > 1) {
                throw new KeySpecException(
                        "has " + only.text() + " among its parts", "write key: " + only.text() + " or leave it out");
            }
            if (together.contains(only)) {
                throw new KeySpecException("has a part twice", "remove one");
            }
            together.add(only);
        }
        return parts.size() == 1 ? parts.get(0) : of(new KeyTuple(together));
    }

    private static KeySpecException listAmongParts() {
        return new KeySpecException("has a list among its parts", "write all parts in one list");
    }

    private KeyTuple onlyTuple() {
        return keys.get(ONLY).get(0);
    }

    /** @throws KeySpecException where these are several keys, which cannot stand there */
    private KeyTuple onlyTuple(String found, String wayOut) {
        if (!keys.containsKey(ONLY)) {
            throw new KeySpecException("has " + found, wayOut);
        }
        return onlyTuple();
    }

    /**
     * A value that is in one of several places, each of which counts, as one of several keys.
     *
     * @param places keys, as {@link #parse(String)} and {@link #composite} make them
     * @throws KeySpecException where they cannot be
     */
    public static KeySpec anyOf(List<KeySpec> places) {
        if (places.isEmpty() || places.size() > SLOTS_MAX) {
            throw new KeySpecException(
                    places.isEmpty() ? "is empty" : "has more than " + SLOTS_MAX + " places", "name 1 to " + SLOTS_MAX);
        }
        List<KeyTuple> anyOf = new ArrayList<>();
        places.forEach(place ->
                anyOf.add(place.onlyTuple("several keys among its places", "name each place, all in one list")));
        return several(Map.of("any", anyOf), KeyRules.DEFAULT);
    }

    /**
     * Several keys at once: no bucket holds two records that have the same value of any of them.
     *
     * @param keys by name, as {@link #parse(String)}, {@link #composite} and {@link #anyOf} make them
     * @throws KeySpecException where they cannot be
     */
    public static KeySpec several(Map<String, KeySpec> keys) {
        Map<String, List<KeyTuple>> tuples = new LinkedHashMap<>();
        keys.forEach((name, key) -> {
            if (key.keys.size() > 1) {
                throw new KeySpecException("has several keys under one name", "give each its own name");
            }
            tuples.put(name, key.keys.values().iterator().next());
        });
        return several(tuples, KeyRules.DEFAULT);
    }

    private static KeySpec several(Map<String, List<KeyTuple>> keys, KeyRules rules) {
        List<KeyTuple> all = keys.values().stream().flatMap(List::stream).toList();
        if (all.isEmpty() || all.size() > SLOTS_MAX) {
            throw new KeySpecException(
                    all.isEmpty() ? "names no key" : "has more than " + SLOTS_MAX + " keys and places of keys",
                    "name 1 to " + SLOTS_MAX);
        }
        if (all.stream().flatMap(tuple -> tuple.parts().stream()).anyMatch(part -> !part.kind()
                .canBePart())) {
            throw new KeySpecException("has the whole record among its keys", "write key: record, or leave it out");
        }
        if (new HashSet<>(all).size() < all.size()) {
            throw new KeySpecException("has the same key twice", "remove one");
        }
        return new KeySpec(KeyText.write(rules, keys, true), rules, keys);
    }

    /** How many keys a record can have. */
    public int slots() {
        return keys.values().stream().mapToInt(List::size).sum();
    }

    /** Whether a record can have more than one. */
    public boolean isSeveral() {
        return slots() > 1;
    }

    /** Several keys by name, in the order of the settings; empty where it is one key without a name. */
    public Map<String, KeySpec> named() {
        Map<String, KeySpec> named = new LinkedHashMap<>();
        if (!keys.containsKey(ONLY)) {
            keys.forEach((name, anyOf) -> named.put(
                    name, anyOf.size() == 1 ? of(anyOf.get(0)) : several(Map.of("any", anyOf), KeyRules.DEFAULT)));
        }
        return named;
    }

    /** The places of a value that is in one of several; of any other key, itself. */
    public List<KeySpec> places() {
        return keys.values().iterator().next().stream().map(KeySpec::of).toList();
    }

    /** Which letters are the same in keys. */
    public Fold fold() {
        return rules.fold();
    }

    /** The same compared in another way; {@code record} and {@code kafka-key} are bytes, and stay as they are. */
    public KeySpec with(Fold fold, char csvDelimiter) {
        if (rules.semantics() == SEMANTICS_FIRST) {
            return this;
        }
        boolean csv = keys.values().stream()
                .flatMap(List::stream)
                .flatMap(tuple -> tuple.parts().stream())
                .anyMatch(part -> part.kind().isDelimited());
        KeyRules others = new KeyRules(SEMANTICS, fold, csv ? csvDelimiter : ',');
        return keys.containsKey(ONLY) ? of(others, keys) : several(keys, others);
    }

    /**
     * Reads what a cut says.
     *
     * @throws KeySpecException when it is none
     */
    public static KeySpec of(String text) {
        Objects.requireNonNull(text, "text");
        if (text.startsWith(RULES_PREFIX)) {
            return KeyText.read(text);
        }
        KeyTuple tuple = new KeyTuple(List.of(KeyTuple.Part.of(text)));
        return new KeySpec(text, KeyRules.FIRST, Map.of(ONLY, List.of(tuple)));
    }

    /** An extractor for the use of one thread. */
    public KeyExtractor newExtractor() {
        if (!isSeveral()) {
            return extractors.get(0).get(0).make();
        }
        List<List<KeyExtractor>> made = extractors.stream()
                .map(anyOf -> anyOf.stream().map(KeyKind.Extractors::make).toList())
                .toList();
        return new SeveralKeysExtractor(List.copyOf(keys.keySet()), made);
    }

    /** Version of the rules by which it is found and compared. */
    public int semantics() {
        return rules.semantics();
    }

    /** The values that are the key together; of most keys one, itself. */
    public List<KeySpec> parts() {
        return onlyTuple().parts().stream()
                .map(part -> of(rules, Map.of(ONLY, List.of(new KeyTuple(List.of(part))))))
                .toList();
    }

    /** As in the settings, where {@link #parse(String)} reads it: {@code json:/user/id}, {@code regex:id=([0-9]+)}. */
    public String setting() {
        if (!keys.containsKey(ONLY)) {
            return named().entrySet().stream()
                    .map(key -> key.getKey() + ": " + key.getValue().settingOfPlaces())
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        List<String> settings =
                onlyTuple().parts().stream().map(KeyTuple.Part::setting).toList();
        return settings.size() == 1 ? settings.get(0) : "[" + String.join(", ", settings) + "]";
    }

    private String settingOfPlaces() {
        List<String> places = places().stream().map(KeySpec::setting).toList();
        return places.size() == 1 ? places.get(0) : "{any-of: [" + String.join(", ", places) + "]}";
    }

    /** Whether records are read as JSON for it. */
    public boolean readsJson() {
        return allParts().stream().anyMatch(part -> part.kind().isJson());
    }

    /** Whether a record of a file, which is a line, can have none of it. */
    public boolean needsKafka() {
        return allParts().stream().anyMatch(part -> part.kind().isBesideRecord());
    }

    /**
     * Whether no two records that have values at all of these JSON pointers, and the same ones, can be in one bucket:
     * one of the keys is made of values at these pointers alone.
     */
    public boolean tellsApartBy(Set<String> pointers) {
        return keys.values().stream().flatMap(List::stream).anyMatch(tuple -> tuple.parts().stream()
                .allMatch(part -> part.kind().isJson() && pointers.contains(part.argument())));
    }

    private List<KeyTuple.Part> allParts() {
        return keys.values().stream()
                .flatMap(List::stream)
                .flatMap(tuple -> tuple.parts().stream())
                .toList();
    }

    /**
     * What its expressions have of {@code $}, {@code .}, {@code \\b} and {@code \\s}, which do not match quite what
     * they did in 0.1.0; empty for other kinds.
     */
    public List<String> differingFrom010() {
        return allParts().stream()
                .flatMap(part -> part.kind().differingFrom010(part.argument()).stream())
                .distinct()
                .toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeySpec spec && spec.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** What a cut says of a key, as manifests of batches show it: without the version of its semantics. */
    public static String shown(String cutText) {
        return cutText.startsWith(RULES_PREFIX) ? cutText.substring(RULES_PREFIX.length()) : cutText;
    }

    /** As a cut writes it: {@code v2 json:/user/id}, {@code v2 re2:id=([0-9]+)}, {@code record}. */
    @Override
    public String toString() {
        return text;
    }
}
