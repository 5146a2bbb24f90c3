package io.decant.ingest.source.mysql;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.decant.ingest.journal.ImportPlan;
import io.decant.ingest.journal.OpaqueBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What a source is going to read, of all of its tables: compressed JSON in the journal, beginning with a version.
 *
 * @param tables by name; those that were removed from the settings stay, so that they are not imported twice
 */
record SourcePlan(Map<String, TablePlan> tables) {

    private static final byte VERSION = 1;
    private static final ObjectMapper JSON =
            JsonMapper.builder().disable(MapperFeature.AUTO_DETECT_IS_GETTERS).build();

    SourcePlan {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /** The same with another plan of a table. */
    SourcePlan with(String table, TablePlan plan) {
        Map<String, TablePlan> changed = new LinkedHashMap<>(tables);
        changed.put(table, plan);
        return new SourcePlan(changed);
    }

    /** @throws ImportException where it is longer than the journal takes */
    OpaqueBytes encode() {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(VERSION);
            try (DeflaterOutputStream deflated = new DeflaterOutputStream(bytes)) {
                JSON.writeValue(deflated, this);
            }
            if (bytes.size() > ImportPlan.PAYLOAD_BYTES_MAX) {
                throw new ImportException("the plan of all tables takes " + bytes.size() + " bytes, more than "
                        + ImportPlan.PAYLOAD_BYTES_MAX + "; lower ranges, or divide the tables among several sources");
            }
            return OpaqueBytes.of(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws ImportException where a newer version wrote it, or it is none */
    static SourcePlan decode(OpaqueBytes payload) {
        byte[] bytes = payload.toArray();
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new ImportException("a newer version of Decant wrote the plan of the import; start that one");
        }
        try (InflaterInputStream inflated =
                new InflaterInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1))) {
            SourcePlan plan = JSON.readValue(inflated, SourcePlan.class);
            if (plan == null || plan.tables.containsValue(null)) {
                throw new ImportException("the plan of the import cannot be read: it is empty");
            }
            return plan;
        } catch (IOException e) {
            throw new ImportException("the plan of the import cannot be read: " + e.getMessage());
        }
    }

    /** What tells a table's plan from an earlier one; its increments do not count. */
    static OpaqueBytes hash(TablePlan plan) {
        try {
            byte[] text = JSON.writeValueAsBytes(plan.with(null));
            return OpaqueBytes.of(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
