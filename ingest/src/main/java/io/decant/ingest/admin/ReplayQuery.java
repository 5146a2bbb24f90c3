package io.decant.ingest.admin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
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
            String since = json.getString("since");
            Number batch = json.getNumber("batch");
            return new ReplayQuery(
                    json.getString("sink"),
                    json.getString("reason"),
                    batch == null ? null : (Long) batch.longValue(),
                    since == null ? null : Instant.parse(since));
        } catch (DecodeException | ClassCastException | DateTimeException e) {
            throw new IllegalArgumentException("not a query: " + e.getMessage(), e);
        }
    }
}
