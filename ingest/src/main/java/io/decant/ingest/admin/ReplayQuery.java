package io.decant.ingest.admin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/**
 * Which dead letters an operator wants to send again; null: whichever.
 *
 * @param sink of that sink; empty: of none
 * @param reason its word, e.g. {@code not-json}
 * @param batch of that batch
 * @param since written then or later
 */
public record ReplayQuery(String sink, String reason, Long batch, Instant since) {

    private static final Set<String> MEMBERS = Set.of("sink", "reason", "batch", "since");

    /** As it is posted. */
    public String toJson() {
        JsonObject json = new JsonObject();
        json.put("sink", sink).put("reason", reason).put("batch", batch);
        json.put("since", since == null ? null : since.toString());
        return json.encode();
    }

    /**
     * What was posted.
     *
     * @throws IllegalArgumentException where it is no such query, with a line that says why
     */
    static ReplayQuery of(String body) {
        try {
            JsonObject json = new JsonObject(body.isBlank() ? "{}" : body);
            for (String member : json.fieldNames()) {
                if (!MEMBERS.contains(member)) {
                    throw new IllegalArgumentException("'" + member + "' is none of sink, reason, batch, since");
                }
            }
            String since = member(json, "since", String.class);
            return new ReplayQuery(
                    member(json, "sink", String.class),
                    member(json, "reason", String.class),
                    number(json),
                    since == null ? null : Instant.parse(since));
        } catch (DecodeException | DateTimeException e) {
            throw new IllegalArgumentException("not a query: " + e.getMessage(), e);
        }
    }

    private static Long number(JsonObject json) {
        Number batch = member(json, "batch", Number.class);
        return batch == null ? null : (Long) batch.longValue();
    }

    private static <T> T member(JsonObject json, String name, Class<T> type) {
        Object value = json.getValue(name);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no " + type.getSimpleName().toLowerCase(Locale.ROOT));
        }
        return type.cast(value);
    }
}
