package io.decant.ingest.source.mysql;

import java.util.Optional;
import java.util.Set;

/**
 * A column as the catalog has it. What a plan holds is compared with what the table has later: equal or changed.
 *
 * @param dataType in lower case, e.g. {@code varchar}; {@code json} also where MariaDB has a text with a check
 * @param type in full, e.g. {@code varchar(20)}
 * @param charset empty where the type has none
 * @param collation empty where the type has none
 * @param longest bytes of the longest value; 0 where that is not known
 */
record TableColumn(
        String name, String dataType, String type, String charset, String collation, boolean nullable, long longest) {

    /** From this length on a value may fill the memory if it is read unseen. */
    private static final long LARGE_BYTES = 1 << 17;

    /** Their texts are not what the server compares, or not all of it. */
    private static final Set<String> NOT_COMPARABLE = Set.of("float", "double", "bit", "enum", "set", "json", "vector");

    private static final Set<String> WHOLE = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");

    /** @throws ImportException where its type is not known */
    ColumnKind kind() {
        return ColumnKind.of(dataType)
                .orElseThrow(() -> new ImportException("column " + name + " has the type " + type
                        + ", which is not supported; leave it out by the setting columns"));
    }

    /** Whether rows can be told apart, ordered and found again by its values as the server prints them. */
    boolean isComparable() {
        ColumnKind kind = kind();
        boolean isShape = kind == ColumnKind.BINARY && !dataType.endsWith("binary") && !dataType.endsWith("blob");
        return !NOT_COMPARABLE.contains(dataType) && !isShape;
    }

    /** Whether every value is a whole number that a {@code long} has. */
    boolean isLong() {
        return WHOLE.contains(dataType) && !(dataType.equals("bigint") && type.contains("unsigned"));
    }

    /** Whether a value may be so long that its length must be known before it is read. */
    boolean isLarge() {
        return longest >= LARGE_BYTES || dataType.equals("json") || isGeometry();
    }

    private boolean isGeometry() {
        return ColumnKind.of(dataType).equals(Optional.of(ColumnKind.BINARY)) && longest == 0;
    }
}
