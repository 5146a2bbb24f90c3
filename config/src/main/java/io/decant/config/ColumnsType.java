package io.decant.config;

import io.decant.bucketer.KeyArguments;
import io.decant.bucketer.KeySpecException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Columns of a table, and where in a record their values are; or {@code auto}, which is the empty map. */
record ColumnsType() implements ValueType<Map<String, String>> {

    private static final String AUTO = "auto";

    /** A row with more is a mistake: no database has tables that wide. */
    private static final int COLUMNS_MAX = 1_600;

    /** They stand in every cut, which has 32 KiB for all that a sink adds. */
    private static final int BYTES_MAX = 16 << 10;

    private static final int ESCAPED_BYTES = 6;
    private static final int ASCII_END = 0x80;
    private static final int UTF8_BYTES_MAX = 3;

    @Override
    public String name() {
        return "section";
    }

    @Override
    public String range() {
        return "`auto` or `{column: /pointer, ...}`";
    }

    @Override
    public Optional<Map<String, String>> read(Raw raw, String key, Input input) {
        if (raw instanceof Raw.Scalar scalar && scalar.text().equals(AUTO)) {
            return Optional.of(Map.of());
        }
        if (!(raw instanceof Raw.Mapping section)) {
            input.wrongType(raw, key, "auto, or a section of columns");
            return Optional.empty();
        }
        Map<String, String> columns = new LinkedHashMap<>();
        section.fields().forEach((column, value) -> {
            if (value instanceof Raw.Scalar scalar) {
                try {
                    String pointer = input.environment().expand(scalar.text());
                    checkColumn(column, pointer);
                    columns.put(column, pointer);
                } catch (InvalidValue e) {
                    input.problems().add(value.location(), Input.join(key, column), scalar.text(), e);
                }
            } else {
                input.wrongType(value, Input.join(key, column), "a JSON pointer");
            }
        });
        if (columns.size() < section.fields().size()) {
            return Optional.empty();
        }
        try {
            checkCount(columns);
            return Optional.of(Collections.unmodifiableMap(columns));
        } catch (InvalidValue e) {
            input.problems().add(raw.location(), key, "", e);
            return Optional.empty();
        }
    }

    @Override
    public Raw write(Map<String, String> columns) {
        if (columns.isEmpty()) {
            return Raw.Scalar.of(AUTO);
        }
        Map<String, Raw> fields = new LinkedHashMap<>();
        columns.forEach((column, pointer) -> fields.put(column, Raw.Scalar.of(Environment.escape(pointer))));
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    @Override
    public void check(Map<String, String> columns) {
        columns.forEach(ColumnsType::checkColumn);
        if (!columns.isEmpty()) {
            checkCount(columns);
        }
    }

    private static void checkCount(Map<String, String> columns) {
        if (columns.isEmpty()) {
            throw new InvalidValue("is empty", "write auto, or name at least one column");
        }
        if (columns.size() > COLUMNS_MAX) {
            throw new InvalidValue("names more than " + COLUMNS_MAX + " columns", "name fewer");
        }
        long bytes = columns.entrySet().stream()
                .mapToLong(column -> bytes(column.getKey()) + bytes(column.getValue()))
                .sum();
        if (bytes > BYTES_MAX) {
            throw new InvalidValue("is longer than " + BYTES_MAX + " bytes", "name fewer columns, or shorter pointers");
        }
    }

    /** At most, as a cut writes it. */
    private static int bytes(String text) {
        return text.chars()
                .map(c -> c < ' ' ? ESCAPED_BYTES : c < ASCII_END ? 2 : UTF8_BYTES_MAX)
                .sum();
    }

    private static void checkColumn(String column, String pointer) {
        SqlNames.checkName(column);
        try {
            KeyArguments.checkPointer(pointer);
        } catch (KeySpecException e) {
            throw new InvalidValue(e.text(), e.wayOut());
        }
    }
}
