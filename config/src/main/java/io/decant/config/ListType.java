package io.decant.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A list of different values.
 *
 * @param item what each of them may be
 * @param described with its article: {@code a list of topics}
 * @param word stands for the empty list; empty where at least one value must be given
 * @param mayBeEmpty whether {@code []} may stand for the empty list, which has no word then
 */
record ListType<T>(ValueType<T> item, String described, String word, boolean mayBeEmpty) implements ValueType<List<T>> {

    /** A list that is never {@code []}. */
    ListType(ValueType<T> item, String described, String word) {
        this(item, described, word, false);
    }

    @Override
    public String name() {
        return "list";
    }

    @Override
    public String range() {
        String items = item.range().isEmpty() ? "`[...]`" : "`[...]`, each " + item.range();
        return word.isEmpty() ? items : "`" + word + "` or " + items;
    }

    @Override
    public Optional<List<T>> read(Raw raw, String key, Input input) {
        if (raw instanceof Raw.Scalar scalar && !word.isEmpty() && scalar.text().equals(word)) {
            return Optional.of(List.of());
        }
        if (!(raw instanceof Raw.Sequence sequence)) {
            input.wrongType(raw, key, word.isEmpty() ? described : word + " or " + described);
            return Optional.empty();
        }
        List<T> values = new ArrayList<>();
        sequence.items().forEach(element -> item.read(element, key, input).ifPresent(values::add));
        if (values.size() < sequence.items().size()) {
            return Optional.empty();
        }
        try {
            checkList(values, sequence.items().isEmpty() && !mayBeEmpty);
            return Optional.of(List.copyOf(values));
        } catch (InvalidValue e) {
            input.problems().add(raw.location(), key, "", e);
            return Optional.empty();
        }
    }

    @Override
    public Raw write(List<T> values) {
        return values.isEmpty() && !word.isEmpty()
                ? Raw.Scalar.of(word)
                : new Raw.Sequence(
                        Location.NOWHERE, values.stream().map(item::write).toList());
    }

    @Override
    public void check(List<T> values) {
        values.forEach(item::check);
        checkList(values, values.isEmpty() && word.isEmpty() && !mayBeEmpty);
    }

    private void checkList(List<T> values, boolean lacksValues) {
        if (lacksValues) {
            throw new InvalidValue("is empty", word.isEmpty() ? "name at least one" : "write " + word);
        }
        Set<T> seen = new HashSet<>();
        for (T value : values) {
            if (!seen.add(value)) {
                throw new InvalidValue("names something twice", "remove one");
            }
        }
    }
}
