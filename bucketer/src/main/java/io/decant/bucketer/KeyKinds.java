package io.decant.bucketer;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All kinds of keys. */
final class KeyKinds {

    private static final List<KeyKind> ALL = List.of(
            new RecordKeyKind(),
            new KafkaKeyKind(),
            new JsonKeyKind(),
            new CsvKeyKind(),
            new Re2KeyKind(),
            new JavaRegexKeyKind());

    /** Other names that settings may give to a kind; what is printed and cut has the kind's own. */
    private static final Map<String, String> ALIASES = Map.of("source-key", "kafka-key");

    private KeyKinds() {}

    /** What settings can say. */
    static String forms() {
        List<String> forms =
                ALL.stream().map(KeyKind::form).filter(form -> !form.isEmpty()).toList();
        int last = forms.size() - 1;
        return String.join(", ", forms.subList(0, last)) + " or " + forms.get(last);
    }

    /** Splits a list at commas behind which a key begins. */
    static String[] split(String list) {
        String names = Stream.concat(ALL.stream().map(KeyKind::settingName), ALIASES.keySet().stream())
                .map(Pattern::quote)
                .distinct()
                .collect(Collectors.joining("|"));
        return list.strip().split("\\s*,\\s*(?=(?:" + names + "))", -1);
    }

    /** What settings say, by the kind's own name. */
    static String withoutAlias(String setting) {
        return ALIASES.getOrDefault(setting, setting);
    }

    /** Of a key in the settings. */
    static KeyKind ofSetting(String setting) {
        return first(kind -> kind.isOfSetting(setting), "is not a key");
    }

    /** Of a key in a cut. */
    static KeyKind of(String text) {
        return first(kind -> kind.isOf(text), "'" + text + "' is not a key");
    }

    private static KeyKind first(Predicate<KeyKind> which, String problem) {
        return ALL.stream()
                .filter(which)
                .findFirst()
                .orElseThrow(() -> new KeySpecException(problem, "write " + forms()));
    }
}
