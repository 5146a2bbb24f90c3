package io.decant.config;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Names of tables and columns, as a database's catalog has them: case counts, and nothing is quoted. */
final class SqlNames {

    /** MariaDB takes 64 characters, PostgreSQL 63 bytes. */
    private static final int BYTES_MAX = 256;

    private static final int PARTS_MAX = 2;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    static final ValueType<String> COLUMN =
            Types.text("the name of a column, as the catalog has it", SqlNames::checkName);

    /** A column or nothing. */
    static final ValueType<String> OPTIONAL_COLUMN =
            Types.text("the name of a column, as the catalog has it; empty: none", name -> {
                if (!name.isEmpty()) {
                    checkName(name);
                }
            });

    static final ValueType<String> TABLE = Types.text("`table` or `schema.table`", SqlNames::checkTable);

    private SqlNames() {}

    static void checkName(String name) {
        if (name.isEmpty()) {
            throw new InvalidValue("is not a name", "write it as the database's catalog has it");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw new InvalidValue("is longer than " + BYTES_MAX + " bytes", "no database has such a name");
        }
        if (CONTROL.matcher(name).find() || name.indexOf('"') >= 0 || name.indexOf('`') >= 0) {
            throw new InvalidValue(
                    "has a quote or a control character", "write the name as the catalog has it, without quotes");
        }
    }

    private static void checkTable(String table) {
        String[] parts = table.split("\\.", -1);
        if (parts.length > PARTS_MAX) {
            throw new InvalidValue("has more than one dot", "write table, or schema.table");
        }
        for (String part : parts) {
            checkName(part);
        }
    }
}
