package io.decant.ingest.sink.jdbc;

import java.util.Optional;

/**
 * The name of a table, as the catalog has it.
 *
 * @param schema empty: what the database takes for a name without one
 */
record TableName(Optional<String> schema, String table) {

    /** @param text {@code table} or {@code schema.table} */
    static TableName of(String text) {
        int dot = text.indexOf('.');
        return dot < 0
                ? new TableName(Optional.empty(), text)
                : new TableName(Optional.of(text.substring(0, dot)), text.substring(dot + 1));
    }

    /** As SQL has it, with this quote around each part. Settings let no name with a quote in it pass. */
    String quoted(char quote) {
        String name = quote + table + quote;
        return schema.map(first -> quote + first + quote + '.' + name).orElse(name);
    }

    @Override
    public String toString() {
        return schema.map(first -> first + ".").orElse("") + table;
    }
}
