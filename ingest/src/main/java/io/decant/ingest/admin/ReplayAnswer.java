package io.decant.ingest.admin;

import io.decant.config.PrintableText;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a replay of dead letters came to.
 *
 * @param records that go out again
 * @param batches that were made of them so far
 * @param sinks how many go to each sink; empty name: to every sink
 * @param unsettled letters that stay, since a restart might come back to their records
 * @param unknownSink letters that stay, since their sink is not in the settings
 * @param newline letters that stay, since a newline is in the record
 * @param damaged lines that stay, since they cannot be read
 * @param notAsked letters that stay, since the query leaves them out
 * @param waits why not all of the records are in the journal yet, or why there are none where dead letters hold the
 *     server up; empty where neither is so
 */
public record ReplayAnswer(
        long records,
        long batches,
        Map<String, Long> sinks,
        long unsettled,
        long unknownSink,
        long newline,
        long damaged,
        long notAsked,
        String waits) {

    public ReplayAnswer {
        sinks = Collections.unmodifiableMap(new LinkedHashMap<>(sinks));
    }

    String toJson() {
        JsonObject bySink = new JsonObject();
        sinks.forEach(bySink::put);
        return PrintableText.ofJson(new JsonObject()
                        .put("records", records)
                        .put("batches", batches)
                        .put("sinks", bySink)
                        .put("unsettled", unsettled)
                        .put("unfit", unknownSink + newline)
                        .put("unknownSink", unknownSink)
                        .put("newline", newline)
                        .put("damaged", damaged)
                        .put("notAsked", notAsked)
                        .put("waits", waits)
                        .encodePrettily())
                + "\n";
    }

    /** What a server answered; empty where that is something else. */
    public static Optional<ReplayAnswer> of(String body) {
        try {
            JsonObject json = new JsonObject(body);
            Map<String, Long> sinks = new LinkedHashMap<>();
            JsonObject bySink = json.getJsonObject("sinks");
            bySink.fieldNames().forEach(sink -> sinks.put(sink, bySink.getLong(sink)));
            return Optional.of(new ReplayAnswer(
                    json.getLong("records"),
                    json.getLong("batches"),
                    sinks,
                    json.getLong("unsettled"),
                    json.getLong("unknownSink"),
                    json.getLong("newline"),
                    json.getLong("damaged"),
                    json.getLong("notAsked"),
                    json.getString("waits")));
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            return Optional.empty();
        }
    }
}
