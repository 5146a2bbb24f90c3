package io.decant.ingest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * Which dead letters an operator wants to send again; null: any.
 *
 * @param sink of that sink; empty: of none
 * @param reason its word, e.g. {@code not-json}
 * @param batch of that batch
 * @param since written then or later
 */
public record ReplayQuery(String sink, String reason, Long batch, Instant since) {

    /** As it is posted. */
    private record Body(String sink, String reason, Long batch, String since) {}

    /** As it is posted. */
    public String toJson() {
        return Json.text(new Body(sink, reason, batch, since == null ? null : since.toString()));
    }

    /**
     * What was posted.
     *
     * @throws IllegalArgumentException where it is no such query, with a line that says why
     */
    static ReplayQuery of(String body) {
        try {
            ObjectNode json = Json.read(body.isBlank() ? "{}" : body, ObjectNode.class);
            json.fieldNames().forEachRemaining(ReplayQuery::requireMember);
            JsonNode batch = member(json, "batch", JsonNode::isNumber, "number");
            JsonNode since = member(json, "since", JsonNode::isTextual, "string");
            return new ReplayQuery(
                    text(member(json, "sink", JsonNode::isTextual, "string")),
                    text(member(json, "reason", JsonNode::isTextual, "string")),
                    batch == null ? null : (Long) batch.longValue(),
                    since == null ? null : Instant.parse(since.textValue()));
        } catch (JsonFormatException | DateTimeException e) {
            throw new IllegalArgumentException("not a query: " + e.getMessage(), e);
        }
    }

    private static void requireMember(String name) {
        switch (name) {
            case "sink", "reason", "batch", "since" -> {}
            default -> throw new IllegalArgumentException("'" + name + "' is none of sink, reason, batch, since");
        }
    }

    /** The value; null where there is none, or null. */
    private static JsonNode member(ObjectNode json, String name, Predicate<JsonNode> isType, String type) {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!isType.test(value)) {
            throw new IllegalArgumentException("'" + name + "' is no " + type);
        }
        return value;
    }

    private static String text(JsonNode value) {
        return value == null ? null : value.textValue();
    }
}
