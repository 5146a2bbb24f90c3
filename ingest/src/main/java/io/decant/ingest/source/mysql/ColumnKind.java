package io.decant.ingest.source.mysql;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How the values of a column become JSON. */
enum ColumnKind {
    /** As the server prints it, without leading zeros. */
    NUMBER,
    /** Bits, as an unsigned number. */
    BIT,
    TEXT,
    /** DATE and TIME, as the server prints them. */
    PLAIN,
    /** A text with a T between day and time. */
    DATETIME,
    /** The same with a Z at its end. */
    TIMESTAMP,
    /** Base64. */
    BINARY,
    /** Embedded as it is. */
    JSON;

    private static final Map<String, ColumnKind> BY_TYPE = byType();

    private static Map<String, ColumnKind> byType() {
        Map<String, ColumnKind> kinds = new HashMap<>();
        put(kinds, NUMBER, "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year");
        put(kinds, BIT, "bit");
        put(kinds, TEXT, "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set");
        put(kinds, TEXT, "uuid", "inet4", "inet6");
        put(kinds, PLAIN, "date", "time");
        put(kinds, DATETIME, "datetime");
        put(kinds, TIMESTAMP, "timestamp");
        put(kinds, BINARY, "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector");
        put(kinds, BINARY, "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring");
        put(kinds, BINARY, "multipolygon", "geometrycollection", "geomcollection");
        put(kinds, JSON, "json");
        return kinds;
    }

    private static void put(Map<String, ColumnKind> kinds, ColumnKind kind, String... types) {
        for (String type : types) {
            kinds.put(type, kind);
        }
    }

    /** Of a type as the catalog names it, in lower case; empty: it is not known. */
    static Optional<ColumnKind> of(String dataType) {
        return Optional.ofNullable(BY_TYPE.get(dataType));
    }

    /** Whether the driver would print a value anew: then the server is asked for its text. */
    boolean isTime() {
        return this == PLAIN || this == DATETIME || this == TIMESTAMP;
    }
}
