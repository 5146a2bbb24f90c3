package io.decant.ingest.sink.jdbc;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.decant.config.JdbcSinkSettings;
import io.decant.config.UnknownMembers;
import io.decant.config.WriteMode;
import java.util.List;
import java.util.Map;

/**
 * What a cut freezes of a database sink, beside the limits of its parts: the text that it adds to the shape.
 *
 * @param database where it is, without parameters but those that decide on the schema: no secret
 */
record TargetText(
        @JsonProperty("database") String database,
        @JsonProperty("table") String table,
        @JsonProperty("mode") WriteMode mode,
        @JsonProperty("delete-if") String deleteIf,
        @JsonProperty("key") List<String> key,
        @JsonProperty("columns") Map<String, String> columns,
        @JsonProperty("unknown-members") UnknownMembers unknownMembers,
        @JsonProperty("newer-by") String newerBy,
        @JsonProperty("ledger") String ledger) {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            // In the order of the settings, which is that of the columns in statements.
            .disable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    static TargetText of(JdbcSinkSettings settings) {
        return new TargetText(
                settings.place(),
                settings.table(),
                settings.mode(),
                settings.deleteIf(),
                settings.key(),
                settings.columns(),
                settings.unknownMembers(),
                settings.newerBy(),
                settings.ledger());
    }

    /** @throws IllegalArgumentException for a text that another version wrote */
    static TargetText parse(String text) {
        try {
            return JSON.readValue(text, TargetText.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not what this version knows of a database sink: " + text, e);
        }
    }

    TargetText withLedger(String other) {
        return new TargetText(database, table, mode, deleteIf, key, columns, unknownMembers, newerBy, other);
    }

    String text() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + this, e);
        }
    }

    /** Where in a record the value of a column is, as a JSON pointer. */
    String pointer(String column) {
        return columns.isEmpty() ? JdbcSinkSettings.memberPointer(column) : columns.get(column);
    }

    /** Whether rows can have values of records in a column. */
    boolean writes(String column) {
        return columns.isEmpty() || columns.containsKey(column);
    }

    boolean isUpsert() {
        return mode == WriteMode.UPSERT;
    }

    boolean hasNewerBy() {
        return !newerBy.isEmpty();
    }
}
