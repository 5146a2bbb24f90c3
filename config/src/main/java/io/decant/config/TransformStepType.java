package io.decant.config;

import com.google.re2j.Pattern;
import io.decant.bucketer.KeyArguments;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.KeySpecException;
import io.decant.bucketer.Re2Syntax;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One step: a word ({@code trim}), or a section of one key ({@code split: " "}). */
record TransformStepType() implements ValueType<TransformStep> {

    /** A step stands in every cut. */
    private static final int BYTES_MAX = 32 << 10;

    private static final String CONDITIONS = "empty, tombstone, regex:EXPR, json:/pointer or json:/pointer=TEXT";
    private static final int EXPRESSION_MAX = KeyArguments.LENGTH_MAX;

    /** What stands behind the name of a step. */
    private enum Form {
        NOTHING,
        TEXT,
        ITEMS,
        MEMBERS
    }

    /**
     * A kind of step.
     *
     * @param example for errors
     * @param rule throws {@link InvalidValue}
     */
    private record Kind(Form form, String example, Consumer<TransformStep> rule) {}

    private static final Map<String, Kind> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("split", new Kind(Form.TEXT, "split: \" \"", step -> expression(step.text())));
        KINDS.put("json-each", new Kind(Form.TEXT, "json-each: /items", step -> pointerOrRoot(step.text())));
        KINDS.put("keep", new Kind(Form.TEXT, "keep: regex:EXPR", step -> condition(step.text())));
        KINDS.put("drop", new Kind(Form.TEXT, "drop: empty", step -> condition(step.text())));
        KINDS.put("json-pick", new Kind(Form.MEMBERS, "json-pick: {id: /user/id}", step -> step.members()
                .values()
                .forEach(TransformStepType::pointerOrRoot)));
        KINDS.put("json-set", new Kind(Form.MEMBERS, "json-set: {version: \"2\"}", step -> {}));
        KINDS.put("json-hash", new Kind(Form.ITEMS, "json-hash: [/user/email]", step -> step.items()
                .forEach(KeyArguments::checkPointer)));
        KINDS.put(
                "replace",
                new Kind(Form.MEMBERS, "replace: {regex: EXPR, with: TEXT}", TransformStepType::checkReplace));
        KINDS.put("json-rename", new Kind(Form.MEMBERS, "json-rename: {old: new}", step -> {
            if (new HashSet<>(step.members().values()).size() < step.members().size()) {
                throw new InvalidValue("gives two members the same name", "write different names");
            }
        }));
        KINDS.put("json-remove", new Kind(Form.ITEMS, "json-remove: [/user/email]", step -> step.items()
                .forEach(KeyArguments::checkPointer)));
        KINDS.put("extract", new Kind(Form.TEXT, "extract: regex:(?P<name>...)", TransformStepType::checkExtract));
        KINDS.put("csv-pick", new Kind(Form.ITEMS, "csv-pick: [3, 1]", step -> step.items()
                .forEach(TransformStepType::column)));
        KINDS.put("trim", new Kind(Form.NOTHING, "trim", step -> {}));
        KINDS.put("lower", new Kind(Form.NOTHING, "lower", step -> {}));
    }

    @Override
    public String name() {
        return "step";
    }

    @Override
    public String range() {
        return "one of `" + String.join("`, `", KINDS.keySet()) + "`";
    }

    @Override
    public Optional<TransformStep> read(Raw raw, String key, Input input) {
        if (raw instanceof Raw.Scalar scalar && !scalar.absent()) {
            return step(scalar.text(), raw.location(), null, key, input);
        }
        if (raw instanceof Raw.Mapping mapping && mapping.fields().size() == 1) {
            Map.Entry<String, Raw> only = mapping.fields().entrySet().iterator().next();
            return step(only.getKey(), only.getValue().location(), only.getValue(), key, input);
        }
        input.problems()
                .add(
                        firstPlace(raw),
                        key,
                        "",
                        "holds a step that is not one name with its value",
                        "write each step as an item of its own, e.g. - split: \" \"");
        return Optional.empty();
    }

    private static Location firstPlace(Raw raw) {
        return raw instanceof Raw.Mapping mapping && !mapping.fields().isEmpty()
                ? mapping.fields().values().iterator().next().location()
                : raw.location();
    }

    private static Optional<TransformStep> step(String name, Location place, Raw value, String key, Input input) {
        Kind kind = KINDS.get(name);
        if (kind == null) {
            String wayOut = Nearest.to(name, KINDS.keySet())
                    .map(nearest -> "did you mean '" + nearest + "'?")
                    .orElseGet(() -> "the steps are " + String.join(", ", KINDS.keySet()));
            input.problems().add(place, key, name, "is not a step", wayOut);
            return Optional.empty();
        }
        String path = Input.join(key, name);
        try {
            TransformStep step = step(name, kind, value, input);
            check(step, kind);
            if (name.equals("json-hash")
                    && input.environment()
                            .variables()
                            .getOrDefault(TransformStep.SALT_VARIABLE, "")
                            .isEmpty()) {
                throw new InvalidValue(
                        "needs a salt",
                        "set the environment variable " + TransformStep.SALT_VARIABLE + ", and keep its value");
            }
            return Optional.of(step);
        } catch (KeySpecException e) {
            input.problems().add(place, path, "", e.text(), e.wayOut());
            return Optional.empty();
        } catch (InvalidValue e) {
            input.problems().add(place, path, "", e);
            return Optional.empty();
        }
    }

    private static TransformStep step(String name, Kind kind, Raw value, Input input) {
        boolean absent = value == null || (value instanceof Raw.Scalar scalar && scalar.absent());
        switch (kind.form()) {
            case NOTHING -> {
                if (absent) {
                    return new TransformStep(name, null, null, null);
                }
            }
            case TEXT -> {
                if (value instanceof Raw.Scalar scalar && !absent) {
                    return new TransformStep(name, expanded(scalar, input), null, null);
                }
            }
            case ITEMS -> {
                if (value instanceof Raw.Sequence sequence && !sequence.items().isEmpty()) {
                    List<String> items = new ArrayList<>();
                    sequence.items().forEach(item -> items.add(expanded(item, input)));
                    return new TransformStep(name, null, items, null);
                }
            }
            case MEMBERS -> {
                if (value instanceof Raw.Mapping mapping && !mapping.fields().isEmpty()) {
                    Map<String, String> members = new LinkedHashMap<>();
                    mapping.fields().forEach((member, text) -> members.put(member, expanded(text, input)));
                    return new TransformStep(name, null, null, members);
                }
            }
        }
        throw new InvalidValue("is not written like this step", "write " + kind.example());
    }

    private static String expanded(Raw raw, Input input) {
        if (raw instanceof Raw.Scalar scalar) {
            return input.environment().expand(scalar.text());
        }
        throw new InvalidValue("holds " + raw.described() + " where a text is expected", "");
    }

    /** @throws KeySpecException for what keys have, too */
    private static void check(TransformStep step, Kind kind) {
        kind.rule().accept(step);
        int bytes = step.canonical().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > BYTES_MAX) {
            throw new InvalidValue("takes " + bytes + " bytes", "a step takes at most " + BYTES_MAX);
        }
    }

    @Override
    public Raw write(TransformStep step) {
        if (step.text() != null) {
            return section(step.name(), Raw.Scalar.of(Environment.escape(step.text())));
        }
        if (step.items() != null) {
            return section(
                    step.name(),
                    new Raw.Sequence(
                            Location.NOWHERE,
                            step.items().stream()
                                    .map(item -> (Raw) Raw.Scalar.of(Environment.escape(item)))
                                    .toList()));
        }
        if (step.members() != null) {
            Map<String, Raw> fields = new LinkedHashMap<>();
            step.members().forEach((name, text) -> fields.put(name, Raw.Scalar.of(Environment.escape(text))));
            return section(step.name(), new Raw.Mapping(Location.NOWHERE, fields));
        }
        return Raw.Scalar.of(step.name());
    }

    private static Raw section(String name, Raw value) {
        return new Raw.Mapping(Location.NOWHERE, Map.of(name, value));
    }

    @Override
    public void check(TransformStep step) {
        Kind kind = KINDS.get(step.name());
        if (kind == null) {
            throw new InvalidValue("is not a step", "the steps are " + String.join(", ", KINDS.keySet()));
        }
        try {
            check(step, kind);
        } catch (KeySpecException e) {
            throw new InvalidValue(e.text(), e.wayOut());
        }
    }

    private static Pattern expression(String expression) {
        if (expression.length() > EXPRESSION_MAX) {
            throw new InvalidValue(
                    "has an expression of more than " + EXPRESSION_MAX + " characters", "write a shorter one");
        }
        return Re2Syntax.compiled(expression);
    }

    private static void pointerOrRoot(String pointer) {
        if (!pointer.isEmpty()) {
            KeyArguments.checkPointer(pointer);
        }
    }

    private static void condition(String condition) {
        if (condition.equals("empty") || condition.equals("tombstone")) {
            return;
        }
        if (condition.startsWith("regex:")) {
            expression(condition.substring("regex:".length()));
        } else if (condition.startsWith("json:")) {
            int equals = condition.indexOf('=');
            KeyArguments.checkPointer(condition.substring("json:".length(), equals < 0 ? condition.length() : equals));
        } else {
            throw new InvalidValue("has no condition that is known", "write " + CONDITIONS);
        }
    }

    private static void column(String column) {
        if (!column.matches("[1-9][0-9]{0,4}") || Integer.parseInt(column) > KeySpec.CSV_COLUMN_MAX) {
            throw new InvalidValue(
                    "has a column that is not a number from 1 to " + KeySpec.CSV_COLUMN_MAX, "write csv-pick: [3, 1]");
        }
    }

    private static void checkExtract(TransformStep step) {
        if (!step.text().startsWith("regex:")) {
            throw new InvalidValue("has no expression", "write extract: regex:(?P<name>...)");
        }
        if (expression(step.text().substring("regex:".length())).namedGroups().isEmpty()) {
            throw new InvalidValue("has no named group", "write (?P<name>...) around what is to be extracted");
        }
    }

    private static void checkReplace(TransformStep step) {
        Map<String, String> members = step.members();
        if (members.size() != 2 || !members.containsKey("regex") || !members.containsKey("with")) {
            throw new InvalidValue(
                    "needs regex and with, and nothing else", "write replace: {regex: EXPR, with: TEXT}");
        }
        Pattern pattern = expression(members.get("regex"));
        String with = members.get("with");
        if (with.indexOf('\n') >= 0) {
            throw new InvalidValue("has a newline in with, which no record can hold", "take it out");
        }
        for (int at = with.indexOf('$'); at >= 0; at = with.indexOf('$', at)) {
            at = behindReference(with, at, pattern);
        }
    }

    /** Behind the {@code $1}, {@code ${name}} or {@code $$} at a dollar. */
    private static int behindReference(String with, int at, Pattern pattern) {
        char next = at + 1 < with.length() ? with.charAt(at + 1) : 0;
        if (next == '$') {
            return at + 2;
        }
        int end = at + 1;
        String name;
        if (next == '{') {
            end = with.indexOf('}', at);
            name = end < 0 ? "" : with.substring(at + 2, end);
            end++;
        } else {
            while (end < with.length() && Character.isDigit(with.charAt(end))) {
                end++;
            }
            name = with.substring(at + 1, end);
        }
        boolean known = pattern.namedGroups().containsKey(name)
                || (name.matches("[0-9]{1,4}") && Integer.parseInt(name) <= pattern.groupCount());
        if (!known) {
            throw new InvalidValue(
                    "refers to a group that the expression does not have",
                    "write $1 or $${name} for a group, $$ for a dollar");
        }
        return end;
    }
}
